# SPDX-License-Identifier: Apache-2.0
"""The pages of docs/reference, see scripts/reference: reference.py [--check [DIR]]

Nothing is described here. What a program does not say of itself is an error.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEMMOND = ROOT / "build/release/service/memmond"
MEMMONCTL = ROOT / "build/release/ctl/memmonctl"
MADE_BY = "Made by `scripts/reference`; what is wrong here is to be put right in {source}.\n"
# Messages that count, in the order of the data.
COUNTING = ["CpuCounters", "HopCounters", "HostTotals", "DatabaseStatus", "ServiceStatus"]


def need(condition, what):
    if not condition:
        sys.exit(f"reference: {what}")


def table(head, rows):
    """A table of Markdown; a bar in a cell is one of the text."""
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def sentence(text):
    """`text` in one line, beginning as a sentence does."""
    text = " ".join(text.split())
    text = text if text.startswith("memmon") else text[:1].upper() + text[1:]
    return text.replace("*", "\\*")


def ask(*command, **variables):
    """What the command prints; it must have nothing to complain of."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **variables}
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    need(not ran.stderr, f"{command}: {ran.stderr}")
    return ran.stdout


# Options

# Where --help says what an option is; a longer option has the line before.
HELP_COLUMN = 30
OPTION = re.compile(r"(?:(-\w),)?(--[a-z-]+)(?: (\S.*))?")


def listed(title, *command):
    """[(what, what --help says of it)] below `title`."""
    text = ask(*command, "--help").partition(f"\n{title}:\n")[2].partition("\n\n")[0]
    found, longer = [], ""
    for line in text.splitlines():
        what, words = line[:HELP_COLUMN], line[HELP_COLUMN:]
        if longer or what.endswith(" "):
            found.append((longer or what.strip(), words))
            longer = ""
        else:
            longer = line.strip()
    need(found and all(what and words for what, words in found), f"{command}: {title} are not understood")
    return found


def options(*command):
    """[(names, value, what --help says)] of a program or a command of it."""
    found = []
    for what, words in listed("Options", *command):
        match = OPTION.fullmatch(what)
        need(match, f"{command}: {what!r} is not understood")
        found.append(([match[2], match[1]] if match[1] else [match[2]], match[3] or "", words))
    return found


def option_cell(names, value):
    return ", ".join(f"`{name}{' ' + value if value and name == names[0] else ''}`" for name in names)


# What memmond does instead of running has no variable, nor has what it takes.
ACTIONS = {"--migrate-to"}


def memmond_options():
    rows, variables = [], []
    for names, value, help_ in options(MEMMOND):
        key = names[0][2:].replace("-", "_")
        variable = f"MEMMON_{key.upper()}"
        setting = value and names[0] not in ACTIONS
        if setting:
            variables.append(variable)
        rows.append([option_cell(names, value), f"`{variable}`" if setting else "",
                     f"`{key}`" if setting and key != "config" else "", sentence(help_)])
    # It would complain of one that it does not know.
    ask(MEMMOND, "--print-config", **dict.fromkeys(variables, ""))
    return table(["option", "variable", "key of the file", "meaning"], rows)


def memmonctl_options():
    general = options(MEMMONCTL)
    text = table(["option of every command", "meaning"],
                 [[option_cell(names, value), sentence(help_)] for names, value, help_ in general])
    for command, help_ in listed("Commands", MEMMONCTL):
        usage = re.search("^Usage: (.*)", ask(MEMMONCTL, command, "--help"), re.MULTILINE)[1]
        text += f"\n### memmonctl {command}\n\n`{usage}`: {help_}.\n"
        own = [[option_cell(names, value), sentence(words)] for names, value, words in options(MEMMONCTL, command)
               if (names, value, words) not in general]
        text += "\n" + table(["option", "meaning"], own) if own else ""
    return text


def module_parameters():
    rows = []
    for source in sorted((ROOT / "kmod").glob("*.c")):
        for name, words in re.findall(r'MODULE_PARM_DESC\((\w+),\s*((?:"[^"]*"\s*)+)\)', source.read_text("utf-8")):
            rows.append([f"`{name}`", sentence("".join(re.findall(r'"([^"]*)"', words)))])
    need(rows, "kmod/ has no parameters")
    return table(["parameter", "meaning"], sorted(rows))


def options_page():
    return ("# Options\n\n" + MADE_BY.format(source="the programs' `--help`") +
            "\n## memmond\n\nAn option goes before its variable, which goes before its key in the file that "
            "`--config` names (TOML).\n\n" + memmond_options() + "\n## memmonctl\n\n" + memmonctl_options() +
            "\n## memmon.ko\n\nParameters of the module: `modprobe memmon NAME=VALUE`.\n\n" + module_parameters())


# Metrics

def metrics_text():
    """/metrics of a memmond that has played a recording."""
    recording = ROOT / "tests/data/boot-6.1.trace"
    with tempfile.TemporaryFile("w+") as log:
        memmond = subprocess.Popen([MEMMOND, "--replay", recording, "--replay-speed", "0", "--grpc-address",
                                    "127.0.0.1:0", "--web-address", "127.0.0.1:0"], stderr=log)
        try:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                log.seek(0)
                lines = log.read()
                need(memmond.poll() is None, f"memmond ended: {lines}")
                address = re.search(r"service=web address=(\S+)", lines)
                if address:
                    with urllib.request.urlopen(f"http://{address[1]}/metrics") as answer:
                        text = answer.read().decode("utf-8")
                    # A sample of every family: then all labels have been seen.
                    if all(re.search(rf"^{name}[ {{]", text, re.MULTILINE)
                           for name in re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)):
                        return text
                time.sleep(0.1)
        finally:
            memmond.kill()
            memmond.wait()
    return sys.exit("reference: memmond has metrics without a sample")


def metrics_page():
    text = metrics_text()
    rows = []
    for name, help_ in re.findall(r"^# HELP (\S+) (.*)$", text, re.MULTILINE):
        kind = re.search(rf"^# TYPE {name} (\S+)$", text, re.MULTILINE)[1]
        labels = re.search(rf"^{name}(?:{{(.*)}})? ", text, re.MULTILINE)[1] or ""
        rows.append([f"`{name}`", kind, ", ".join(f"`{label}`" for label in re.findall(r'(\w+)="', labels)), help_])
    return ("# Metrics\n\n" + MADE_BY.format(source="`service/api/metrics.cc`") +
            "\n`curl http://127.0.0.1:8080/metrics`, in Prometheus' format.\n\n" +
            table(["metric", "type", "labels", "meaning"], rows))


# Counters

def messages():
    """{name: (comment, [(field, type, comment)])} of proto/memmon/v1."""
    with tempfile.NamedTemporaryFile() as out:
        protos = sorted((ROOT / "proto/memmon/v1").glob("*.proto"))
        subprocess.run(["protoc", f"-I{ROOT / 'proto'}", "--include_source_info", f"--descriptor_set_out={out.name}",
                        *protos], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read()).file
    found = {}
    for file in files:
        comments = {tuple(at.path): sentence(at.leading_comments) for at in file.source_code_info.location}
        for number, message in enumerate(file.message_type):
            fields = [(field.name, kind_of(field), comments.get((4, number, 2, place), ""))
                      for place, field in enumerate(message.field)]
            found[message.name] = comments.get((4, number), ""), fields
    return found


def kind_of(field):
    if field.type_name:
        return field.type_name.rpartition(".")[2]
    return descriptor_pb2.FieldDescriptorProto.Type.Name(field.type)[len("TYPE_"):].lower()


def module_counters():
    header = (ROOT / "kmod/uapi/memmon.h").read_text("utf-8")
    comment = re.search(r"/\*\*\n \* struct memmon_counters - (.*?)\*/", header, re.DOTALL)
    need(comment, "memmon.h has no struct memmon_counters")
    text = re.sub(r"^ \* ?", "", comment[1], flags=re.MULTILINE)
    fields = re.findall(r"^@(\w+): (.*?)(?=^@|^$)", text, re.DOTALL | re.MULTILINE)
    return table(["field", "meaning"], [[f"`{name}`", sentence(words)] for name, words in fields if name != "reserved"])


def counters_page():
    known = messages()
    text = ("# Counters\n\n" + MADE_BY.format(source="the comments of `proto/` and `kmod/uapi/memmon.h`") +
            "\n`GetStatus` has all of them, `memmonctl status` those that need a look, and "
            "[/metrics](metrics.md) most.\n\n## struct memmon_counters\n\nWhat the module counts, of one CPU; "
            "`/proc/memmon` has it by kind.\n\n" + module_counters())
    for name in COUNTING:
        need(name in known, f"proto/ has no message {name}")
        comment, fields = known[name]
        for field, _, words in fields:
            need(words, f"{name}.{field} has no comment in proto/")
        text += f"\n## {name}\n\n{comment}\n\n"
        text += table(["field", "type", "meaning"], [[f"`{field}`", kind, words] for field, kind, words in fields])
    return text


def main():
    check = sys.argv[1:2] == ["--check"]
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "docs/reference")
    stale = False
    for name, page in {"options": options_page, "metrics": metrics_page, "counters": counters_page}.items():
        path, text = folder / f"{name}.md", page()
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            continue
        there = path.read_text("utf-8") if path.exists() else ""
        lines = list(difflib.unified_diff(there.splitlines(), text.splitlines(), str(path),
                                          "what the programs say", n=0, lineterm=""))
        print("\n".join(lines), end="\n" if lines else "")
        stale = stale or bool(lines)
    if stale:
        sys.exit("reference: the pages are stale; type: scripts/reference")


main()
