"""Is this database ours? Asked once at the start of every process."""

from sync.keys import keyring
from sync.models import SealCheck
from sync.seal import WrongKey

_CHECK = b"praxispost"


def verify_key() -> None:
    """Compare our keys with the database's; the first start writes the check.

    Raises WrongKey with the sentence for the person who starts the process.
    """
    fresh = {"sealed": keyring().seal(_CHECK, "check")}
    check, _ = SealCheck.objects.get_or_create(pk=1, defaults=fresh)
    try:
        keyring().open(bytes(check.sealed), "check")
    except WrongKey:
        raise WrongKey(
            "This database was written under another key. Set PRAXISPOST_KEY (or PRAXISPOST_KEY_FILE) to the key it "
            "was made with; to rotate, give the new key as PRAXISPOST_KEY and the old one as PRAXISPOST_KEY_OLD."
        ) from None
