"""What the law says: regulations in 条, 款, 项; city data; topics; citations; search. Imports nothing of ours."""
