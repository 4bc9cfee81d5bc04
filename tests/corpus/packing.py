"""Archives as GitHub makes them, of made-up files."""

import io
import tarfile
import zipfile


def pack(path, files):
    """Write a .tar.gz whose files lie in one folder; contents are str or bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in sorted(files.items()):
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            entry = tarfile.TarInfo(f"repository-0123456789ab/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def zipped(files):
    """The bytes of a .zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
