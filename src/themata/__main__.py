"""python -m themata: the command line, where the script is not on the path."""

from themata.cli.main import main

if __name__ == "__main__":
    main()
