"""Finds the functions of a C++ source and how long their bodies are.

No parser: it blanks comments and literals, and then decides for each opening brace outside a
function what it opens, from the text since the last statement. What is inside a function, lambdas
included, counts as a part of it.
"""
import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<comment> //(?:\\\n|[^\n])* | /\*.*?\*/ )
    | (?P<literal> (?:u8|[uUL])?R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)"
                 | (?:u8|[uUL])?"(?:\\.|[^"\\\n])*"
                 | (?:u8|[uUL])?'(?:\\.|[^'\\\n])+' )
    | \.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*   # a number: its ' is no quote
    | [A-Za-z_]\w*
    """,
    re.S | re.X,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
OTHERWISE = re.compile(r"^[ \t]*#[ \t]*(if|else|elif|endif)", re.M)


class Unbalanced(Exception):
    def __init__(self, line):
        super().__init__(line)
        self.line = line


@dataclass
class Body:
    name: str
    line: int
    lines: int  # from brace to brace, both included


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return TOKEN.sub(lambda match: blank(match[0]) if match["comment"] else match[0], text)


def without_literals(text):
    """Comments become blanks, literals 'x's of the same extent."""

    def replace(match):
        if match["comment"]:
            return blank(match[0])
        return re.sub(r"[^\n]", "x", match[0]) if match["literal"] else match[0]

    return TOKEN.sub(replace, text)


def without_alternatives(text):
    """Blanks what stands between #else or #elif and #endif."""
    kept, depth, dropped_at = [], 0, None
    for line in text.split("\n"):
        match = OTHERWISE.match(line)
        if match and match[1] == "if":
            depth += 1
        elif match and match[1] == "endif":
            if dropped_at == depth:
                dropped_at = None
            depth -= 1
        elif match and dropped_at is None:
            dropped_at = depth
        kept.append(line if dropped_at is None or match else "")
    return "\n".join(kept)


def bodies(text):
    """Every function of the source, in order."""
    code = without_literals(text)
    try:
        return list(_bodies(DIRECTIVE.sub(lambda match: blank(match[0]), code)))
    except Unbalanced:
        # Perhaps #if and #else each open a brace that is closed once.
        code = without_alternatives(code)
        return list(_bodies(DIRECTIVE.sub(lambda match: blank(match[0]), code)))


def _bodies(code):
    head_start = position = 0
    scopes = []  # of the namespaces and classes that are open: where
    while match := re.compile(r"[{};]").search(code, position):
        head = code[head_start : match.start()]
        position = match.end()
        if match[0] == "{":
            kind = opens(head)
            if kind == "scope":
                scopes.append(match.start())
                head_start = position
                continue
            end = closing(code, match.start())
            position = end + 1
            if kind == "function":
                first, last = (code.count("\n", 0, at) + 1 for at in (match.start(), end))
                yield Body(name_in(head), first, last - first + 1)
                head_start = position
            # The statement goes on after an initialiser.
        elif match[0] == "}":
            if not scopes:
                raise Unbalanced(code.count("\n", 0, match.start()) + 1)
            scopes.pop()
            head_start = position
        else:
            head_start = position
    if scopes:
        raise Unbalanced(code.count("\n", 0, scopes[-1]) + 1)


def closing(code, opening):
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, opening):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    raise Unbalanced(code.count("\n", 0, opening) + 1)


def opens(head):
    """What a brace after this text opens: "scope", "function" or "initialiser"."""
    if head.count("(") > head.count(")"):
        return "initialiser"  # of a default argument
    head = significant(head)
    # Not only at its start: a macro may stand before it without a semicolon.
    if re.search(r"\bnamespace(\s+[\w:]+)?$|\bextern\s+x+$", head):
        return "scope"
    if re.search(r"\b(class|struct|union|enum)\b[^()=]*$", flat(head)):
        return "scope"
    plain = flat(re.sub(r"\boperator\s*(\(\s*\)|[^\s\w(]+)", "operator", head))
    if "=" in plain:  # a variable; or a lambda in one
        return "function" if re.search(r"=\s*\[", head) and head[-1] in ")]" else "initialiser"
    if "()" not in plain:
        return "initialiser"
    if re.search(r"\)[^()]*(?<!:):(?!:)", plain):  # a constructor's members, or its body
        return "function" if head[-1] in ")}" else "initialiser"
    return "function"


def significant(head):
    """Without labels, attributes and template parameters, which may hold misleading words."""
    head = re.sub(r"\b(public|private|protected)\s*:(?!:)", " ", head)
    head = re.sub(r"\[\[.*?\]\]|\b(alignas|decltype)\s*\([^()]*\)", " ", head, flags=re.S)
    while match := re.search(r"\btemplate\s*<", head):
        depth, end = 1, match.end()
        while depth and end < len(head):
            depth += {"<": 1, ">": -1}.get(head[end], 0) if head[end - 1] != "-" else 0
            end += 1
        head = head[: match.start()] + " " + head[end:]
    return head.strip()


def flat(head):
    """With nothing left in round brackets, and no curly and angular ones."""
    before = None
    while before != head:
        before = head
        head = re.sub(r"\((?:[^()]+)\)", "()", head)
        head = re.sub(r"\{[^{}]*\}|(?<=\w)<[^<>]*>", "", head)
    return head


def name_in(head):
    match = re.search(r"((?:\w+::)*operator\s*(?:\(\)|[^\s(]+)|[\w:~]+)\s*\(", significant(head))
    return match[1] if match else "a function"
