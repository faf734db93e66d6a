"""What a folder is for: by its SPECIAL-USE attribute (RFC 6154), else by its name in German, French, Italian, English.

Names are what Outlook, Apple Mail, Thunderbird and the usual webmailers create. Compared without case, accents and
separators, on the last level of the path, so that "INBOX.Sent" and "INBOX/Gesendete Objekte" count.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from sync.mail import FolderListing, Role

_BY_ATTRIBUTE = {
    "\\drafts": Role.DRAFTS,
    "\\sent": Role.SENT,
    "\\archive": Role.ARCHIVE,
    "\\junk": Role.JUNK,
    "\\trash": Role.TRASH,
    "\\all": Role.ALL,
}

_NAMES = {
    Role.DRAFTS: "drafts draft entwürfe entwurf brouillons brouillon bozze bozza",
    Role.SENT: (
        "sent sent-items sent-messages sent-mail sent-objects gesendet gesendete gesendete-elemente gesendete-objekte "
        "gesendete-nachrichten gesendete-mails gesendete-e-mails postausgang-gesendet envoyés envoyé éléments-envoyés "
        "messages-envoyés objets-envoyés courrier-envoyé mails-envoyés posta-inviata inviati inviata "
        "messaggi-inviati elementi-inviati"
    ),
    Role.ARCHIVE: "archive archives archiv archivio archivi archiviert archived",
    Role.JUNK: (
        "junk spam junk-e-mail junk-email junk-mail bulk bulk-mail unerwünscht unerwünschte-werbung werbung "
        "unerwünschte-e-mails unerwünschte-mails spamverdacht indésirables courrier-indésirable indésirable "
        "pourriel pourriels posta-indesiderata indesiderata"
    ),
    Role.TRASH: (
        "trash deleted deleted-items deleted-messages bin papierkorb gelöscht gelöschte gelöschte-elemente "
        "gelöschte-objekte gelöschte-nachrichten corbeille éléments-supprimés messages-supprimés poubelle supprimés "
        "cestino posta-eliminata elementi-eliminati messaggi-eliminati eliminati"
    ),
}


def _fold(name: str) -> str:
    """Letters and digits only. Umlauts lose their dots, and "ae" is not "ä": no server writes it so."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if char.isalnum())


_BY_NAME = {_fold(name): role for role, names in _NAMES.items() for name in names.split()}


def role_of(listing: FolderListing) -> Role:
    """INBOX by its reserved name; then the attribute; then the name. A folder that holds no mail has no role."""
    if listing.name.upper() == "INBOX":
        return Role.INBOX
    if listing.attributes & {"\\noselect", "\\nonexistent"}:
        return Role.NONE
    by_attribute = next((role for name, role in _BY_ATTRIBUTE.items() if name in listing.attributes), None)
    return by_attribute or _BY_NAME.get(_fold(_leaf(listing)), Role.NONE)


def assign_roles(listings: Iterable[FolderListing]) -> dict[str, Role]:
    """Every folder's role by name. Only Sent may have several folders: of the others the best candidate keeps the
    role. An attribute beats a name, a top-level folder a nested one, then the order of the server decides."""
    listings = list(listings)
    roles = {listing.name: role_of(listing) for listing in listings}
    for role in Role:
        if role in (Role.NONE, Role.SENT, Role.INBOX):
            continue
        rivals = [listing for listing in listings if roles[listing.name] is role]
        for loser in _losers(rivals):
            roles[loser.name] = Role.NONE
    return roles


def _losers(rivals: Sequence[FolderListing]) -> Sequence[FolderListing]:
    return sorted(rivals, key=lambda listing: (not _has_attribute(listing), _depth(listing)))[1:]


def _has_attribute(listing: FolderListing) -> bool:
    return not listing.attributes.isdisjoint(_BY_ATTRIBUTE)


def _levels(listing: FolderListing) -> list[str]:
    """The path, without the INBOX that some servers put above everything."""
    levels = listing.name.split(listing.delimiter) if listing.delimiter else [listing.name]
    return levels[1:] if len(levels) > 1 and levels[0].upper() == "INBOX" else levels


def _depth(listing: FolderListing) -> int:
    return len(_levels(listing))


def _leaf(listing: FolderListing) -> str:
    return _levels(listing)[-1]
