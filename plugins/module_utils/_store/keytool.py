# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes JKS keystores with keytool from PKCS#12: only Java writes JKS."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from .atomic_files import TEMPORARY
from .store_errors import StoreError, from_os_error

SECONDS = 60
_VARIABLE = "CERTUM_KEYSTORE_PASSPHRASE"
_REMEDY = (
    "Use pkcs12 instead of jks, because Java reads it too, or install a Java runtime (default-jre-headless, "
    "java-headless). Then run again."
)


def find_keytool() -> str | None:
    """Return the path of the command, or None."""
    return shutil.which("keytool")


def to_jks(pkcs12: bytes, *, passphrase: str, directory: str) -> bytes:
    """Return the keystore with the same content and passphrase. Raises StoreError.

    keytool works on files only. They are in a temporary directory below *directory*, which the next run sweeps if this
    process dies. The passphrase is in the environment, which only the same user sees; every user sees a command line.
    """
    command = find_keytool()
    if command is None:
        raise no_keytool(directory)
    try:
        with TemporaryDirectory(prefix=".jks.", suffix=TEMPORARY, dir=directory) as place:
            source, target = Path(place, "source"), Path(place, "target")
            source.touch(mode=0o600)
            source.write_bytes(pkcs12)
            words = [command, "-importkeystore", "-noprompt", "-srckeystore", str(source), "-srcstoretype", "PKCS12"]
            words += ["-srcstorepass:env", _VARIABLE, "-destkeystore", str(target), "-deststoretype", "JKS"]
            words += ["-deststorepass:env", _VARIABLE]
            done = subprocess.run(  # noqa: S603  # every word is ours
                words,
                env={**os.environ, _VARIABLE: passphrase},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=SECONDS,
            )
            if done.returncode == 0:
                return target.read_bytes()
    except OSError as error:
        raise from_os_error("The JKS keystore cannot be made", directory, error) from error
    except subprocess.TimeoutExpired:
        raise _failed(directory, f"{command} did not finish within {SECONDS} seconds") from None
    said = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()
    raise _failed(
        directory, f"{command} reported: {said[-1] if said else f'nothing, with exit code {done.returncode}'}"
    )


def no_keytool(path: str) -> StoreError:
    """Return the error for a host without the command."""
    return StoreError(
        "The JKS keystore cannot be made", path=path, why="there is no keytool on the PATH of this host", remedy=_REMEDY
    )


def _failed(path: str, why: str) -> StoreError:
    return StoreError("The JKS keystore cannot be made", path=path, why=why, remedy=f"Nothing was changed. {_REMEDY}")
