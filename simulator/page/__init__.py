"""The model traced to JavaScript, and the page in which priors move; templates and modules as files."""
