#!/usr/bin/env python3
"""judge.py CORPUS FAMILIES OUT [enforce]: joins the findings in OUT to the cases, prints a table per family and what is wrong.

A finding belongs to the case in whose time it happened: the cases run one after the other, and some acts of an attack are
the kernel's (a core handler), so not in its process tree. Findings about the harness and the attacker's end are left out.
FAMILIES has a rule and its families a line. A case is found by a finding of its family, "wrong" with others only, missed
without any. What is benign has a false alarm by a finding of medium or worse, or by any of the families that are never
right there; if its label is policy, the family drift_exec may speak.
With enforce the case's own status judges: an attack was stopped if it failed and something was denied meanwhile, and failed
if nothing was; what is benign was broken if it failed."""
import collections
import csv
import datetime
import glob
import json
import os
import sys

MEDIUM = 59
NEVER = {"reverse_shell", "bind_shell", "fileless_exec", "escape"}
HARNESS = ("/lib/attacker.py", "/lib/reap.pl", "/run-corpus.sh")


def table(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def seconds(stamp):
    whole, _, part = stamp.rstrip("Z").partition(".")
    at = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return at.timestamp() + float("0." + (part or "0"))


def harness(finding):
    args = finding.get("process", {}).get("args", [])
    return any(word.endswith(HARNESS) for word in args[:3])


def findings(batch, least):
    """What kwp said in this boot, in order, but not about the harness and its descendants."""
    out, ours = [], set()
    for line in open(os.path.join(batch, "findings.json")):
        try:
            finding = json.loads(line)
        except ValueError:
            continue  # the guest died in the middle of a line
        process = finding.get("process", {})
        if severity(finding) < least:
            continue
        if harness(finding):
            if process.get("args", [""])[1:2] and "attacker.py" in " ".join(process["args"]):
                ours.add(process.get("pid"))
            continue
        if ours & {a.get("pid") for a in process.get("ancestors", [])}:
            continue
        out.append((seconds(finding["@timestamp"]), finding))
    return out


def results(out):
    """id -> (status, its findings); None for a case in which the guest died."""
    done = {}
    for batch in sorted(glob.glob(os.path.join(out, "*.*", ""))):
        path = os.path.join(batch, "begun")
        begun = [line.split("\t") for line in open(path)] if os.path.exists(path) else []
        ends = {}
        if os.path.exists(os.path.join(batch, "cases")):
            for line in open(os.path.join(batch, "cases")):
                case, status, _, end = line.rstrip("\n").split("\t")
                ends[case] = int(status), float(end)
        said = findings(batch, 0) if os.path.exists(os.path.join(batch, "findings.json")) else []
        for case, begin in begun:
            status, end = ends.get(case, (None, float("inf")))
            done[case] = status, [f for at, f in said if float(begin) <= at <= end]
    return done


def rule(finding):
    return finding.get("rule", {}).get("name", "?")


def severity(finding):
    return finding.get("event", {}).get("severity", 0)


def told(said):
    """The rules of some findings, each with its severity, once."""
    names = {21: "info", 47: "low", 59: "medium", 73: "high", 99: "critical"}
    worst = {}
    for f in said:
        worst[rule(f)] = max(worst.get(rule(f), 0), severity(f))
    return " ".join(f"{r}({names.get(s, s)})" for r, s in sorted(worst.items()))


def alarms(case, said, families):
    out = []
    for f in said:
        of = families.get(rule(f), set())
        if case["label"] == "policy" and of == {"drift_exec"}:
            continue
        if severity(f) >= MEDIUM or (of & NEVER and severity(f) > 21):
            out.append(f)
    return out


def judge_attack(case, status, said, families):
    said = [f for f in said if severity(f) > 21]
    if status == 77:
        return "not run", ""
    own = [f for f in said if case["family"] in families.get(rule(f), set())]
    if own:
        return "found", told(own)
    if status != 0:
        return "not done", f"status {status}; {told(said)}"
    return ("wrong", told(said)) if said else ("missed", "")


def judge_benign(case, status, said, families):
    if status == 77:
        return "not run", ""
    bad = alarms(case, said, families)
    if case["label"] == "ambiguous":
        return "listed", told(said)
    if bad:
        return "alarm", told(bad)
    return ("quiet", "") if status == 0 else ("not done", f"status {status}")


def denied(said):
    return [f for f in said if f.get("kwp", {}).get("verdict") in ("block", "kill")]


def judge_stopped(case, status, said, families):
    by = denied(said)
    if status == 0 or (status == 77 and not by):  # its preparations may be what was denied
        return ("not run", "") if status else ("done", told(said))
    if status is None:
        return "died", told(said)
    return ("stopped", told(by)) if by else ("failed", f"status {status}; {told(said)}")


def judge_working(case, status, said, families):
    if status in (0, 77):
        return ("not run" if status else "works"), ""
    return ("broken" if case["label"] == "benign" else "refused"), f"status {status}; {told(denied(said))}"


def show(title, cases, judge, words, done, families):
    count = collections.defaultdict(collections.Counter)
    lists = collections.defaultdict(list)
    for case in cases:
        if case["id"] not in done:
            continue
        word, why = judge(case, *done[case["id"]], families)
        count[case["family"]][word] += 1
        lists[word].append(f"  {case['id']} ({case['family']}, {case['label']}) {why}".rstrip())
    print(f"\n{title:<18}" + "".join(f"{w:>9}" for w in words))
    for family in sorted(count) + ["all"]:
        row = sum(count.values(), collections.Counter()) if family == "all" else count[family]
        print(f"{family:<18}" + "".join(f"{row[w]:>9}" for w in words))
    for word in words:
        if lists[word] and word not in ("found", "quiet", "works"):
            print(f"\n{title}, {word}:", *lists[word], sep="\n")
    return lists


def main():
    corpus, families_path, out = sys.argv[1:4]
    enforced = sys.argv[4:] == ["enforce"]
    families = {}
    for line in open(families_path):
        if line.strip() and not line.startswith("#"):
            name, *of = line.split()
            families[name] = set(of)
    done = results(out)
    unknown = sorted({rule(f) for _, said in done.values() for f in said} - set(families))
    if unknown and not enforced:
        print("rules that", families_path, "has no family for:", *unknown)
    benign = os.path.join(corpus, "benign/cases.tsv")
    attack = (judge_stopped, ["stopped", "done", "failed", "died", "not run"]) if enforced else \
        (judge_attack, ["found", "wrong", "missed", "not done", "not run"])
    work = (judge_working, ["works", "broken", "refused", "not run"]) if enforced else \
        (judge_benign, ["quiet", "alarm", "listed", "not done", "not run"])
    show("attacks", table(os.path.join(corpus, "attacks/cases.tsv")), *attack, done, families)
    if os.path.exists(benign):
        show("benign", table(benign), *work, done, families)


main()
