"""Likelihoods, importance weights and tempered SMC; hindcast scores; probabilities of claims."""
