"""Official accounts of WeChat: the callback and its door, what an account may do, the platform's API."""
