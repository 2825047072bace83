"""What runs an application outside of a cluster: platforms, load balancers, functions, gateways."""
