"""`python -m deploy.demo`: see `make demo`. Ends with 0 after Ctrl-C, with 1 and one sentence when it cannot run."""

import sys

from deploy.demo.options import DemoError, read_options


def main() -> int:
    try:
        options = read_options()
        from deploy.demo.run import Demo  # here: a missing package must become a sentence

        Demo(options).run()
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    except ImportError as error:
        print(f"The Python package {error.name} is missing: run make demo, which installs it.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
