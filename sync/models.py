"""The tables. Only `sync.store` imports them.

Every row that a browser mirrors carries the `seq` of the transaction that last changed it; times are ms since 1970;
what a mail says is sealed. Columns are NOT NULL with a default wherever absence means nothing.
"""

import uuid

from django.db import models
from uuid6 import uuid7


def new_id() -> uuid.UUID:
    return uuid.UUID(int=uuid7().int)


class SealCheck(models.Model):
    """One sealed constant: tells a wrong key at start instead of at the first message."""

    sealed = models.BinaryField()


class Shard(models.Model):
    """A lease on 1/64 of the accounts. `fence` only grows; `expires_at` is by the database's clock."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    owner = models.TextField(default="")
    fence = models.BigIntegerField(default=0)
    expires_at = models.BigIntegerField(default=0)


class Account(models.Model):
    """One IMAP mailbox on one server, whoever signs in to it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    host = models.TextField()
    port = models.PositiveIntegerField()
    security = models.TextField()
    imap_user = models.TextField()
    address = models.TextField()
    preset = models.TextField(default="")
    secret = models.BinaryField()  # sealed
    secret_version = models.PositiveIntegerField(default=1)

    epoch = models.UUIDField(default=uuid.uuid4)
    seq = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)  # tombstones at or below it are gone: older cursors start over
    shard = models.PositiveSmallIntegerField()
    fence = models.BigIntegerField(default=0)

    state = models.TextField(default="first_sync")
    code = models.TextField(default="")
    state_since = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)
    archive = models.ForeignKey("Folder", null=True, on_delete=models.SET_NULL, related_name="+")
    identities = models.BinaryField(default=bytes)  # sealed JSON
    protected_domains = models.TextField(default="")  # space separated
    declined_domains = models.TextField(default="")  # space separated
    smtp_host = models.TextField(default="")  # "" until it is known or chosen
    smtp_port = models.PositiveIntegerField(default=0)
    smtp_security = models.TextField(default="")
    max_bytes = models.BigIntegerField(default=0)  # SIZE of the SMTP server, 0: not told
    files_sent = models.BooleanField(default=False)  # the server files copies in Sent by itself
    row_seq = models.BigIntegerField(default=0)  # the seq at which what a browser sees of this row changed

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "imap_user"], name="one_account_a_mailbox")]
        indexes = [models.Index(fields=["shard"])]


class Folder(models.Model):
    """An IMAP mailbox, with the cursor of its last finished pass (values of the SELECT that began it)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    path = models.TextField()
    delimiter = models.TextField(default="")
    role = models.TextField(default="")
    selectable = models.BooleanField(default=True)  # as LIST says
    refused = models.BooleanField(default=False, db_default=False)  # the last SELECT, whatever LIST says

    uidvalidity = models.BigIntegerField(null=True)
    uidnext = models.BigIntegerField(default=1)
    highestmodseq = models.BigIntegerField(null=True)  # null: NOMODSEQ, or no pass yet
    server_total = models.BigIntegerField(default=0)
    server_unseen = models.BigIntegerField(null=True)  # null: it did not tell, or a modseq tells better
    backfill_low = models.BigIntegerField(default=1)  # UIDs from here up are mirrored
    complete = models.BooleanField(default=False)
    looked_at = models.BigIntegerField(default=0)  # end of the last pass of news
    scanned_at = models.BigIntegerField(default=0)  # last full scan
    scan_below = models.BigIntegerField(default=0)  # a full scan goes on below this UID; 0: none is under way

    total = models.IntegerField(default=0)
    unread = models.IntegerField(default=0)
    marked_deleted = models.IntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    created_seq = models.BigIntegerField(default=0)
    gone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["account", "seq"])]


class Message(models.Model):
    """One message in one folder. `folder` is null while it is unlinked (vanished here, maybe moved) or `gone`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    folder = models.ForeignKey(Folder, null=True, on_delete=models.SET_NULL)
    uid = models.BigIntegerField(null=True)

    flags = models.PositiveSmallIntegerField(default=0)
    keywords = models.TextField(default="", blank=True)  # space separated; IMAP keywords hold none
    unread = models.BooleanField(default=False)  # these three repeat `flags` for the indexes below
    flagged = models.BooleanField(default=False)
    deleted = models.BooleanField(default=False)
    received_at = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    has_attachments = models.BooleanField(default=False)
    unparsed = models.BooleanField(default=False)
    envelope = models.BinaryField(default=bytes)  # sealed JSON
    parts = models.BinaryField(default=bytes)  # sealed JSON
    twin = models.BinaryField(default=bytes, max_length=16)  # fingerprint of Message-ID, INTERNALDATE and size
    answers = models.BinaryField(default=bytes, max_length=16)  # fingerprint of In-Reply-To
    answered_seq = models.BigIntegerField(default=0)  # when \\Answered was seen to be set
    answered_by = models.TextField(default="")  # the device whose reply set it, or "" for another mail program

    seq = models.BigIntegerField()
    created_seq = models.BigIntegerField()
    moved_seq = models.BigIntegerField(default=0)
    moved_by = models.TextField(default="")  # the device, or "" for another mail program
    # When browsers heard of it: of our own moves, when it was wished; 0: at `moved_seq`.
    move_told_seq = models.BigIntegerField(default=0, db_default=0)
    unlinked_at = models.BigIntegerField(default=0)
    gone = models.BooleanField(default=False)
    gone_at = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folder", "uid"], name="one_message_a_uid")]
        indexes = [
            models.Index(fields=["folder", "-received_at", "-id"], name="message_by_date"),
            models.Index(
                fields=["folder", "-received_at", "-id"],
                name="message_unread",
                condition=models.Q(unread=True),
            ),
            models.Index(
                fields=["folder", "-received_at", "-id"],
                name="message_flagged",
                condition=models.Q(flagged=True),
            ),
            models.Index(fields=["account", "seq"], name="message_by_seq"),
            models.Index(fields=["account", "twin"], name="message_by_twin"),
            models.Index(fields=["account", "answers"], name="message_by_answers"),
            models.Index(
                fields=["account", "unlinked_at"],
                name="message_unlinked",
                condition=models.Q(unlinked_at__gt=0),
            ),
            models.Index(fields=["account", "gone_at"], name="message_gone", condition=models.Q(gone=True)),
        ]

    @property
    def shown_since(self) -> int:
        """The seq from which browsers show it where it is."""
        return self.move_told_seq or self.moved_seq


class Body(models.Model):
    """A text body as shown, sealed; a bounded cache."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    sealed = models.BinaryField()
    size = models.PositiveIntegerField()
    used_at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["account", "used_at"])]


class Action(models.Model):
    """An intent a device sent, and what became of it. `pk` is the order of arrival."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    intent = models.UUIDField()
    device = models.TextField()
    device_name = models.TextField(default="")
    person = models.TextField(default="")
    n = models.BigIntegerField()
    kind = models.TextField()
    targets = models.JSONField()
    args = models.JSONField()
    base_seq = models.BigIntegerField()
    draft = models.TextField(default="")  # of the kinds that write: which mail
    composition = models.BinaryField(default=bytes)  # sealed JSON; once settled for good, the subject
    refused = models.BinaryField(default=bytes)  # sealed JSON: what the SMTP server said of recipients
    due_at = models.BigIntegerField(default=0)  # not before

    state = models.TextField(default="waiting")
    detail = models.TextField(default="")
    place = models.TextField(default="")
    created_at = models.BigIntegerField()
    settled_at = models.BigIntegerField(null=True)
    seq = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "intent"], name="one_action_an_intent")]
        indexes = [
            models.Index(fields=["account", "seq"]),
            models.Index(fields=["state"], name="action_open", condition=models.Q(state__in=["waiting", "sending"])),
        ]


class BookEntry(models.Model):
    """What everybody on the mailbox shares for writing: a contact or a text block, each for itself, so that two who
    write at once meet in one entry at most. Whoever writes last wins there."""

    id = models.UUIDField(primary_key=True)  # made by the browser that began it
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    kind = models.TextField()  # "contact" or "block"
    sealed = models.BinaryField(default=bytes)  # sealed JSON; empty once it is gone
    seq = models.BigIntegerField()
    created_seq = models.BigIntegerField()
    gone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["account", "seq"])]


class Draft(models.Model):
    """A mail that is being written in this account: which message in Drafts is its newest version, and whose it is."""

    id = models.UUIDField(primary_key=True)  # made by the browser that began it
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="drafts")
    original = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.TextField(default="new")
    identity = models.TextField(default="")
    rfc_message_id = models.BinaryField(default=bytes)  # sealed: the Message-ID of every version and of what is sent
    device = models.TextField(default="")  # who saved it last
    device_name = models.TextField(default="")
    saved_seq = models.BigIntegerField(default=0)
    fork_of = models.UUIDField(null=True)  # the draft that `device` could not overwrite
    ended = models.TextField(default="")  # "sent" or "discarded"

    class Meta:
        indexes = [models.Index(fields=["account", "fork_of"])]


class Submission(models.Model):
    """A mail on its way to the SMTP server. `phase` is stored before each step of the dialogue is begun.

    queued → connect → mail → rcpt → data → final_dot → accepted; what is left to do after that has flags of its own.
    """

    action = models.OneToOneField(Action, primary_key=True, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    phase = models.TextField(default="queued")
    attempts = models.PositiveIntegerField(default=0)
    began_at = models.BigIntegerField()
    asked_at = models.BigIntegerField(default=0)  # when the final dot went out without an answer
    letter = models.BinaryField(default=bytes)  # sealed: the message as it is sent
    copy = models.BinaryField(default=bytes)  # sealed: the message as it stays in Sent, where that is another
    envelope = models.BinaryField(default=bytes)  # sealed JSON: sender, recipients, Message-ID
    filing = models.BooleanField(default=False)  # a copy is about to be stored: what is found may be ours
    filed = models.BooleanField(default=False)  # the copy is in Sent
    marked = models.BooleanField(default=False)  # the original is marked as answered or forwarded
    cleared = models.BooleanField(default=False)  # its draft is removed


class SentCopy(models.Model):
    """A copy that we stored in Sent, for an hour: if the server files its own meanwhile, ours goes."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    message_id = models.BinaryField()  # sealed: the Message-ID
    looked_below = models.BigIntegerField()  # what has a smaller UID was looked at
    filed_at = models.BigIntegerField()
    removing = models.BooleanField(default=False)


class Upload(models.Model):
    """A file on its way up, to be attached. Chunks are sealed; what nobody used is removed after a week."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    size = models.BigIntegerField()
    sha256 = models.TextField(default="")  # hexadecimal, where the browser told
    received = models.BigIntegerField(default=0)
    used_at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["used_at"])]


class UploadChunk(models.Model):
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE)
    offset = models.BigIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="one_chunk_an_offset")]


class Step(models.Model):
    """The journal: an IMAP command that was about to be sent. Gone once its outcome is stored."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE)
    kind = models.TextField()
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="+")
    uidvalidity = models.BigIntegerField(default=0)  # the UIDs mean something only under it
    uids = models.JSONField()  # {message id: uid}
    target = models.ForeignKey(Folder, null=True, on_delete=models.CASCADE, related_name="+")
    target_uidnext = models.BigIntegerField(default=1)
    mark = models.TextField(default="")  # of an APPEND: the value of its own header, to find it by
    fence = models.BigIntegerField()
