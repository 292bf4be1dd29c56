"""Finished numbers -> pictures: each module gathers what its plots are given, and computes nothing."""
