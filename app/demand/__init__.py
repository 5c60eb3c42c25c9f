"""Demand capture: whom a company wants to train in what and when, with the registers' facts of that day."""
