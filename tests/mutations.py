"""Seeded changes of the text of TOML files: lines, values, names, numbers and bytes, tame and wild."""

import re

WORDS = (
    '"text"', "true", "[]", "{}", "[1.0, 2.0]", "1979-05-27", "nan", "-inf", "1e400", "-1", "0", "",
)  # fmt: skip

WILD = (
    *WORDS, "inf", "-0.0", "0.5", "1.0", "2", "1e-300", "5e-324", "1e300", "-1e308", "1_000", "1e6",
    "9223372036854775808", "-9223372036854775809", "9" * 50, "9" * 5_000, "0x" + "f" * 40, "0o17",
    "2026-13-40", "0001-01-01", "9999-12-31", "2026-11-01T00:00:00", "12:00:00", "[nan]", '["a", 1]',
    "[[]]", "[{}]", "[true]", "[1e300, 1.0]", "{ x = 1 }", '{ "" = 1 }', '{ "a/b" = 1.0 }', '""',
    '"../../elsewhere"', '"/dev/zero"', r'"\u0000"', r'"\u001b[31m"', r'"\u202e"', '"=1+1"', '"{0}"',
    '"%s"', '"<script>"', f'"{"x" * 5_000}"', '"ü"', '"nan"', "[" * 40 + "]" * 40, "{ a = " * 40 + "1" + " }" * 40,
    '"algorithms_growth"', '["algorithms_growth"]', "{ algorithms_growth = 0.9 }", '"baseline"',
    '"effective_compute"', '["effective_compute"]', '"automated_researcher"', '["grok4", "no_researcher"]',
    '"judgement"', '"computed"', '"min(1, 2"', '"a / (b - b)"', '"1 / (algorithms_growth - algorithms_growth)"',
)  # fmt: skip
"""Values that no careful person writes; some of them are sound in places."""

NAMES = (
    "p05", "p50", "p95", "value", "values", "levels", "weights", "lower", "upper", "shift", "df", "mode",
    "family", "unit", "source", "labels", "rests_on", "vintage", "correlation", "components", "formula",
    "draws", "seed", "start", "horizon", "anchor_year", "as_of", "extends", "design", "hold", "sweep",
    "priors", "condition", "series", "milestones", "direction", "threshold", "meaning", "date", "sd",
    "missed", "met", "milestone", "before", "at", "since", "low", "high", "probability", "year", "p10",
    '"a/b"', '""', "a.b", "a" * 101, "ü",
)  # fmt: skip
"""Keys of files of every kind, and keys of none."""

TABLES = (
    "priors.algorithms_growth", "hold", "sweep.algorithms_growth", "condition", "algorithms_growth",
    "unhobbling_x_gain", "benchmark_x_floor", "priors", "[algorithms_growth]", "a.b.c", '"../x"', "",
)  # fmt: skip


def delete_line(lines, rng):
    del lines[rng.randrange(len(lines))]


def double_line(lines, rng):
    at = rng.randrange(len(lines))
    lines.insert(at, lines[at])


def swap_lines(lines, rng):
    a, b = (rng.randrange(len(lines)) for _ in range(2))
    lines[a], lines[b] = lines[b], lines[a]


def lines_with_values(lines):
    return [i for i, line in enumerate(lines) if " = " in line and not line.startswith("#")]


def with_value(lines, rng, change):
    """Change the value of some line that has one."""
    if at := lines_with_values(lines):
        at = rng.choice(at)
        key, _, value = lines[at].partition(" = ")
        lines[at] = f"{key} = {change(value)}"


def change_number(lines, rng):
    def change(value):
        numbers = list(re.finditer(r"-?\d[\d_]*\.?\d*", value))
        if not numbers:
            return value
        number = rng.choice(numbers)
        old = float(number[0].replace("_", ""))
        new = rng.choice((-old, old * 10, old / 10, old + 1, 0, 1e6 * old, 1e300, -1e-300, 10**400))
        return value[: number.start()] + f"{new}" + value[number.end() :]

    with_value(lines, rng, change)


def swap_numbers(lines, rng):
    at = [i for i, line in enumerate(lines) if re.search(r" = -?[\d.]+$", line)]
    if at:
        a, b = (rng.choice(at) for _ in range(2))
        values = [lines[i].partition(" = ")[2] for i in (a, b)]
        for i, value in ((b, values[0]), (a, values[1])):
            lines[i] = f"{lines[i].partition(' = ')[0]} = {value}"


def other_type(lines, rng):
    with_value(lines, rng, lambda _: rng.choice(WORDS))


def wild_value(lines, rng):
    with_value(lines, rng, lambda _: rng.choice(WILD))


def other_value(lines, rng):
    """A value of the same file, under another key."""
    if at := lines_with_values(lines):
        value = lines[rng.choice(at)].partition(" = ")[2]
        with_value(lines, rng, lambda _: value)


def other_key(lines, rng):
    if at := lines_with_values(lines):
        at = rng.choice(at)
        lines[at] = f"{rng.choice(NAMES)} = {lines[at].partition(' = ')[2]}"


def added_key(lines, rng):
    at = rng.randrange(len(lines) + 1)
    lines.insert(at, f"{rng.choice(NAMES)} = {rng.choice(WILD)}")


def headers(lines):
    return [i for i, line in enumerate(lines) if line.startswith("[")]


def double_table(lines, rng):
    if at := headers(lines):
        at = rng.choice(at)
        lines.extend(lines[at : at + rng.randrange(1, 8)])


def other_table(lines, rng):
    if at := headers(lines):
        lines[rng.choice(at)] = f"[{rng.choice(TABLES)}]"


def other_sign(lines, rng):
    at = rng.randrange(len(lines))
    if lines[at]:
        i = rng.randrange(len(lines[at]))
        lines[at] = lines[at][:i] + rng.choice('x"[=. ') + lines[at][i + 1 :]


TAME = (
    delete_line, double_line, swap_lines, change_number, swap_numbers, other_type, double_table, other_sign,
)  # fmt: skip

CHANGES = (
    *TAME,
    change_number,
    wild_value,
    wild_value,
    other_value,
    other_key,
    added_key,
    other_table,
)


def mutated(raw, rng, changes=CHANGES):
    """A file's bytes after one change, or sometimes several; once in a while its bytes are spoilt, or it is cut."""
    kind = rng.randrange(len(changes) + 2)
    if kind == len(changes):
        at = rng.randrange(len(raw))
        return raw[:at] + bytes(rng.choice((0x00, 0x80, 0xFF)) for _ in range(3)) + raw[at:]
    if kind > len(changes):
        return raw[: rng.randrange(len(raw))]
    lines = raw.decode().split("\n")
    for change in (changes[kind], *rng.choices(changes, k=rng.choice((0, 0, 0, 1, 4)))):
        if lines:
            change(lines, rng)
    return "\n".join(lines).encode()
