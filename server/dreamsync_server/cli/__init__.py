"""The command line and the composition root: builds everything, one small file a command.

Importing it imports nothing else: pytest loads the plugin in it wherever the package is installed,
also where the server's own dependencies are not.
"""
