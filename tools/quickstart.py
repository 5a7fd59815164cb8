# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Issue and deploy a declared certificate against a sandbox, and show that a second run changes nothing.

The script starts certum-sandbox on loopback and runs playbooks/quickstart.yml twice. The playbook starts an nginx with
its own prefix. The script shows both recaps and the chain that nginx sends, and stops all servers. All files are under
build/quickstart. With KEEP=1 in the environment the servers stay running until `tools/quickstart.py stop`.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path("build/quickstart").resolve()
NAMES = ("shop.example.com", "www.shop.example.com")
PID_FILES = (HERE / "nginx/logs/nginx.pid", HERE / "sandbox.pid")


def main() -> None:
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_arguments: sys.exit("Stopped."))
    stop()
    if sys.argv[1:] == ["stop"]:
        return
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir(parents=True, exist_ok=True)
    with ExitStack() as on_exit:
        on_exit.callback(stop)
        http_port, https_port = (on_exit.enter_context(reserved_port()) for dummy in range(2))
        sandbox = show_all(http_port, https_port)
        if os.environ.get("KEEP"):
            on_exit.pop_all()
            say_how_to_look_around(sandbox, https_port)


def show_all(http_port: int, https_port: int) -> dict[str, str]:
    sandbox = start_sandbox(http_port)
    trust = ssl.create_default_context(cafile=sandbox["ca"])
    control = httpx.Client(base_url=address(sandbox), verify=trust, trust_env=False)
    command = write_command(sandbox, http_port, https_port)
    first = run_playbook("first", command)
    control.delete("/sandbox/calls").raise_for_status()
    second = run_playbook("second", command)
    calls = control.get("/sandbox/calls").raise_for_status().json()

    show_title(f"Certificates that nginx sends on 127.0.0.1:{https_port}")
    show_served_chain(https_port, sandbox["root"])
    show_title("Recaps")
    print(f"first   {first}\nsecond  {second}\ncalls to the CA in the second run: {len(calls)}")
    if "changed=0 " not in second or calls:
        fail("the second run changed something or called the CA.")
    return sandbox


@contextmanager
def reserved_port() -> Iterator[int]:
    """Yield a port of 127.0.0.1 that is bound and not listening, so that no other program gets it before nginx."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def start_sandbox(http_port: int) -> dict[str, str]:
    """Start certum-sandbox and return the values that it prints when it is ready: `url`, `ca` and `root`."""
    command = [tool("certum-sandbox"), "serve", "--listen", "127.0.0.1:0", "--data", str(HERE / "sandbox")]
    for name in NAMES:
        command += ["--resolve", f"{name}=127.0.0.1:{http_port}"]
    log = HERE / "sandbox.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
    (HERE / "sandbox.pid").write_text(f"{process.pid}\n")
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        fail(f"certum-sandbox did not start:\n{log.read_text()}")
    ready: dict[str, str] = json.loads(line)
    return ready


def address(sandbox: dict[str, str]) -> str:
    return sandbox["url"].partition("/service/")[0]


def write_command(sandbox: dict[str, str], http_port: int, https_port: int) -> str:
    """Write the variables of the playbook and the access to the CA into files, and return the command of a run."""
    variables = {
        "quickstart_dir": str(HERE),
        "quickstart_http_port": http_port,
        "quickstart_https_port": https_port,
        "ansible_python_interpreter": sys.executable,
    }
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(HERE.parent / "collections"),
        "CERTUM_API_URL": sandbox["url"],
        "CERTUM_API_CA_PATH": sandbox["ca"],
        "CERTUM_API_USERNAME": "demo",
        "CERTUM_API_PASSWORD": "demo",
    }
    (HERE / "variables.json").write_text(json.dumps(variables, indent=2))
    lines = (f"export {name}={shlex.quote(value)}" for name, value in environment.items())
    (HERE / "environment.sh").write_text("\n".join(lines) + "\n")
    play = shlex.join(
        [tool("ansible-playbook"), "-i", "localhost,", "playbooks/quickstart.yml", "-e", f"@{HERE}/variables.json"]
    )
    return f". {shlex.quote(str(HERE / 'environment.sh'))} && exec {play}"


def run_playbook(which: str, command: str) -> str:
    """Run the playbook, show and keep its output, and return its recap without the name of the host."""
    show_title(f"The {which} run")
    recap = ""
    with (
        (HERE / f"{which}-run.log").open("w") as log,
        subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout
        try:
            for line in process.stdout:
                print(line, end="", flush=True)
                log.write(line)
                if line.startswith("localhost "):
                    recap = line.partition(":")[2].strip()
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        fail(f"the {which} run failed. Read the log of the sandbox: {HERE / 'sandbox.log'}")
    return recap


def show_served_chain(port: int, root: str) -> None:
    """Connect to nginx with openssl, which verifies the chain and the name, and print the chain."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", NAMES[0], "-CAfile", root]
    command += ["-verify_hostname", NAMES[0], "-verify_return_error", "-showcerts"]
    answer = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    wanted = ("s:", "i:", "v:", "Verif")
    print("\n".join(line for line in answer.stdout.splitlines() if line.lstrip(" 0123456789").startswith(wanted)))
    if answer.returncode:
        fail(f"openssl does not verify the chain of nginx.\n{answer.stderr}")


def say_how_to_look_around(sandbox: dict[str, str], https_port: int) -> None:
    base = address(sandbox)
    show_title("The servers stay running, because KEEP is set")
    print(f"""\
the site         curl --cacert {sandbox["root"]} --connect-to ::127.0.0.1:{https_port} https://{NAMES[0]}/
the CA's page    {base}/   (its certificate: {sandbox["ca"]})
its orders       curl --cacert {sandbox["ca"]} {base}/sandbox/orders
on disk          ls -R {HERE / "certum"}
run it again     . {HERE / "environment.sh"}
                 {tool("ansible-playbook")} -i localhost, playbooks/quickstart.yml -e @{HERE / "variables.json"}
stop it          make quickstart-stop""")


def stop() -> None:
    """Stop the servers of this or an earlier run. Their process ids are in files, their commands name the directory."""
    for file in PID_FILES:
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            pid = int(file.read_text())
            deadline = time.monotonic() + 10
            while str(HERE) in Path(f"/proc/{pid}/cmdline").read_text() and time.monotonic() < deadline:
                os.kill(pid, signal.SIGTERM)
                time.sleep(0.1)


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def show_title(title: str) -> None:
    print(f"\n=== {title} ".ljust(100, "="), flush=True)


def fail(why: str) -> NoReturn:
    sys.exit(f"\nquickstart: {why}")


if __name__ == "__main__":
    main()
