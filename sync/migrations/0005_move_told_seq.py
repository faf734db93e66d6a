from django.db import migrations, models


class Migration(migrations.Migration):
    """No row is written, however many there are: 0 means what held before, that browsers heard of a move when it was
    done. The database's own default lets a worker of the version before store mail until it is stopped."""

    dependencies = [("sync", "0004_writing")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="move_told_seq",
            field=models.BigIntegerField(default=0, db_default=0),
        ),
    ]
