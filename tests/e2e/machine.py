"""The development cluster (dev/quickstart) as tools see it that are not pedigree's: kubectl, git,
skopeo, curl, psql, MLflow's REST. Credentials are read from the cluster's state and reach programs by
file or standard input only."""
import base64
import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

from harness import expect

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE = pathlib.Path("/var/lib/pedigree-dev")
CACHE = pathlib.Path(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"))
BUILD = pathlib.Path(os.environ.get("PEDIGREE_BUILD", ROOT / "build/dev"))
KUBECONFIG = STATE / "kubeconfig"
NODE_IP = "10.88.0.1"
MLFLOW = f"http://{NODE_IP}:5500"
STORE = f"http://{NODE_IP}:9000"
ENVIRONMENT = {**os.environ, "PATH": f"{BUILD / 'bin'}:{CACHE / 'bin'}:{os.environ['PATH']}",
               "KUBECONFIG": str(KUBECONFIG), "NO_PROXY": f"localhost,127.0.0.1,{NODE_IP}",
               "no_proxy": f"localhost,127.0.0.1,{NODE_IP}"}
# kubectl costs a core's tenth of a second each time; two cores are shared with the pods.
_PROGRAMS = threading.BoundedSemaphore(8)


def secret(name):
    return (STATE / "secrets" / name).read_text().strip()


def fact(name):
    """"base-digest", "slim-base-digest", "dataset-digest", "sample-commit": what the quickstart wrote down."""
    return (STATE / name).read_text().strip()


def run(argv, text=None, code=0, seconds=300, environment=None, binary=False):
    """Runs a program; another exit code than expected fails the case. code=None takes any."""
    argv = [str(word) for word in argv]
    with _PROGRAMS:
        done = subprocess.run(argv, input=text, capture_output=True, text=not binary, timeout=seconds,
                              env=environment or ENVIRONMENT, check=False)
    if code is not None:
        expect(done.returncode == code, f"{' '.join(argv)[:300]} ended with {done.returncode}:",
               str(done.stderr)[-800:])
    return done


def kubectl(*argv, text=None, code=0, seconds=300):
    return run(["kubectl", *argv], text=text, code=code, seconds=seconds).stdout


def kubectl_json(*argv):
    return json.loads(kubectl(*argv, "-o", "json"))


def apply(document):
    kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=e2e", "-f", "-",
            text=json.dumps(document))


def pedigree(*argv, code=0, seconds=300, environment=None):
    return run(["pedigree", *argv], code=code, seconds=seconds, environment=environment)


def _ask(url, user, password, method="GET", document=None):
    login = base64.b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request(url, method=method, headers={
        "Authorization": f"Basic {login}", "Content-Type": "application/json"},
        data=None if document is None else json.dumps(document).encode())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return json.load(answer)


def mlflow(call, document=None, /, **query):
    """MLflow's own REST API, past pedigree; a document makes it a POST."""
    url = f"{MLFLOW}/api/2.0/mlflow/{call}"
    if query:
        url += "?" + urllib.parse.urlencode(query)
    return _ask(url, "pedigree", secret("mlflow-login"), "GET" if document is None else "POST", document)


def _store(*argv):
    login = f'user = "{secret("s3-access-key")}:{secret("s3-secret-key")}"\n'
    return run(["curl", "-sS", "--fail-with-body", "-K", "-", "--aws-sigv4", "aws:amz:us-east-1:s3", *argv],
               text=login.encode(), binary=True).stdout


def store_list(bucket, prefix):
    query = urllib.parse.urlencode({"list-type": "2", "prefix": prefix})
    tree = xml.etree.ElementTree.fromstring(_store(f"{STORE}/{bucket}?{query}"))
    return [element.text for element in tree.iter() if element.tag.endswith("}Key")]


def store_get(bucket, key):
    return _store(f"{STORE}/{bucket}/{urllib.parse.quote(key)}")


def store_put(bucket, key, data):
    """Bytes or a text under a key that is encoded here, as who has the namespace's store Secret can."""
    with tempfile.NamedTemporaryFile(prefix="pedigree-e2e-") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
        file.flush()
        _store("-T", file.name, f"{STORE}/{bucket}/{urllib.parse.quote(key)}")


def store_delete(bucket, *keys):
    for key in keys:
        _store("-X", "DELETE", f"{STORE}/{bucket}/{urllib.parse.quote(key)}")


def store_download(bucket, prefix, folder):
    """Every object below the prefix into the folder."""
    keys = store_list(bucket, prefix)
    for key in keys:
        path = pathlib.Path(folder) / key.removeprefix(prefix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store_get(bucket, key))
    return keys


def registry(*argv):
    """skopeo with the right to pull."""
    verb, *rest = argv
    return run(["skopeo", verb, "--tls-verify=false", "--authfile", STATE / "secrets/registry-pull.json",
                *rest]).stdout


@contextlib.contextmanager
def away(*names):
    """Services of the cluster that are stopped for a while; each is the step that starts it, too."""
    for name in names:
        run([ROOT / "dev/lib/supervise.py", STATE, "stop", name])
    try:
        yield
    finally:
        back(*names)


def back(*names):
    run([ROOT / "dev/quickstart", "--only", ",".join(names)], seconds=120)


def processes_of(pod_uid, program):
    """Pids of a program in a pod, by its cgroup."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            inside = pod_uid in (folder / "cgroup").read_text().replace("_", "-")
            if inside and pathlib.Path(os.readlink(folder / "exe")).name == program:
                found.append(int(folder.name))
        except OSError:  # it has ended meanwhile
            pass
    return found


def git(*argv):
    """git against the development server, over TLS with the reader's token."""
    helper = "!f() { echo username=pedigree; echo \"password=$(cat \"$PASSWORD_FILE\")\"; }; f"
    return run(["git", "-c", f"credential.helper={helper}", *argv], environment={
        **ENVIRONMENT, "GIT_SSL_CAINFO": str(STATE / "pki/services-ca.crt"), "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_GLOBAL": "/dev/null", "PASSWORD_FILE": str(STATE / "secrets/git-token")}).stdout


def _as_postgres(*argv):
    return run(["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", *argv]).stdout


def sql(statement):
    """Rows of fields, asked of PostgreSQL itself."""
    text = _as_postgres("psql", "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h",
                        STATE / "postgresql/socket", "-d", "pedigree", "-c", statement)
    return [line.split("\t") for line in text.splitlines()]


def database_dump():
    return _as_postgres("pg_dump", "-h", STATE / "postgresql/socket", "--data-only", "pedigree")
