from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def as_moved(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now browsers heard of a move when it was done."""
    apps.get_model("sync", "Message").objects.update(move_told_seq=models.F("moved_seq"))


class Migration(migrations.Migration):
    dependencies = [("sync", "0004_writing")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="move_told_seq",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunPython(as_moved, migrations.RunPython.noop),
    ]
