"""What stands between programs and their clients: proxies, ingresses, load balancers, platforms."""
