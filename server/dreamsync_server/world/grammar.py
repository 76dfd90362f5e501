"""What of Python's grammar an expression may use, and what is said of the rest."""

import ast

from dreamsync_server.world.expr import ArithOp, CompareOp

COMPARE: dict[type[ast.cmpop], CompareOp] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
ARITH: dict[type[ast.operator], ArithOp] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip
REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Div: ("`/` would give a fraction", "//"),
    ast.Pow: ("`**` is not known here", "*"),
    ast.Is: ("`is` is not known here", "=="),
    ast.IsNot: ("`is not` is not known here", "!="),
    ast.Lambda: ("a lambda has no place in an expression", ""),
    ast.Subscript: ("`[...]` has no place behind a name", ""),
    ast.JoinedStr: ("a formatted string has no place in an expression", ""),
    ast.NamedExpr: ("`:=` has no place in an expression", "=="),
    ast.Dict: ("a mapping has no place in an expression", ""),
    ast.GeneratorExp: ("`for` stands only within count, any or all", ""),
    ast.ListComp: ("`for` stands only within count, any or all", ""),
    ast.SetComp: ("`for` stands only within count, any or all", ""),
}
UNKNOWN = ("this has no place in an expression", "")
BOOLS = {"True": True, "False": False, "true": True, "false": False}
CALLS = ("all", "any", "count", "cued", "held", "running", "min", "max", "abs", "len")
