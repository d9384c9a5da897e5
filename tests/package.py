"""Holds the built package against what Lambda needs: it is small, it is complete, and it loads on
provided.al2023, whose C library is glibc 2.34 (https://docs.aws.amazon.com/linux/al2023/ug/glibc-gcc.html)."""

import json
import re
import sys
import zipfile
from io import BytesIO
from pathlib import Path

LARGEST_ZIP = 8 * 1024 * 1024
GLIBC = (2, 34)


def glibc_needed(binary: bytes) -> tuple[int, int]:
    versions = re.findall(rb"\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)", binary)
    assert versions, "no glibc version names found: is this a dynamic Linux binary?"
    return max((int(major), int(minor)) for major, minor in versions)


def zipped_size(folder: Path) -> int:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return len(buffer.getvalue())


def main(folder: Path) -> None:
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["bootstrap", "policy.json"], f"the package holds {names}"
    needed = glibc_needed((folder / "bootstrap").read_bytes())
    assert needed <= GLIBC, f"bootstrap needs glibc {needed}, provided.al2023 has {GLIBC}"
    size = zipped_size(folder)
    assert size <= LARGEST_ZIP, f"the package is {size} bytes zipped, at most {LARGEST_ZIP}"
    policy = json.loads((folder / "policy.json").read_text())
    assert set(policy) == {"sha256", "policy"}, f"policy.json holds {sorted(policy)}"
    print(f"package: {size / 1048576:.1f} MiB zipped, needs glibc {needed[0]}.{needed[1]}")


main(Path(sys.argv[1]))
