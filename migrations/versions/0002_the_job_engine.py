"""The job engine: Procrastinate's own tables and functions, as its package ships them."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Late: every command asks for the newest revision and so reads this file.
    from procrastinate.schema import SchemaManager

    connection = op.get_bind().connection
    with (
        connection.cursor() as cursor
    ):  # past SQLAlchemy, which would read the colons as parameters
        cursor.execute(SchemaManager.get_schema())


def downgrade() -> None:
    raise RuntimeError("The job engine cannot be taken out; restore a backup instead.")
