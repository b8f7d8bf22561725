"""A WeChat in a box: a local server that behaves like the platform over real HTTP and XML, faults included."""
