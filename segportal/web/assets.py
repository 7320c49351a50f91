"""Static files with a digest in their names, compressed once and quickly: the first start waits for it."""

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

BROTLI_QUALITY = 5  # the highest, 11, takes a minute for all files and saves a tenth of their size
NOT_SENT_TO_READERS = ("map",)


class QuickCompressor(Compressor):
    """Compresses at a speed that suits a first start."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=BROTLI_QUALITY))


class HashedAssets(CompressedManifestStaticFilesStorage):
    """Keeps only the files with a digest in their names; source maps stay uncompressed."""

    keep_only_hashed_files = True

    def create_compressor(self, **kwargs: object) -> Compressor:
        kwargs["extensions"] = (*Compressor.SKIP_COMPRESS_EXTENSIONS, *NOT_SENT_TO_READERS)
        return QuickCompressor(**kwargs)
