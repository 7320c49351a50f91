"""Reads the environment once, with types and defaults."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).expanduser().resolve()


def secret_key() -> str:
    """The signing key: from SECRET_KEY, else a generated one kept in the data directory (mode 0600)."""
    given = env.str("SECRET_KEY", default="")
    if given:
        return str(given)
    path = DATA_DIR / "secret-key"
    if not path.exists():
        from django.core.management.utils import get_random_secret_key

        DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"secret-key.{id(path)}")
        fresh.touch(mode=0o600)
        fresh.write_text(get_random_secret_key() + get_random_secret_key())
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
