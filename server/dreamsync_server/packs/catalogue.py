from types import SimpleNamespace as N

W = {"unused", "unused_text", "never_changes", "unreachable_scene", "stale_rehearsal"}


class C(dict):
    def __missing__(self, k):
        return N(severity="warning" if k in W else "error")


CATALOGUE = C()
