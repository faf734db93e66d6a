"""Server → tables.

    listing    LIST → our folders
    sweep      STATUS of every folder → which of them have news
    news       one folder: what vanished, which flags changed, what arrived
    backfill   one folder: the next older window

Watcher events are only hints; every value stored here was asked for. A pass saves the cursor of the SELECT that began
it, and only after all of its rows are committed: die in between and the next pass asks for the same again, where rows
held already change nothing.
"""

from sync.pull.backfill import backfill, begin, open_folder
from sync.pull.listing import pull_listing, sweep
from sync.pull.mirror import Mirror
from sync.pull.news import Pass, pull_news

__all__ = ["Mirror", "Pass", "backfill", "begin", "open_folder", "pull_listing", "pull_news", "sweep"]
