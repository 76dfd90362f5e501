"""Asks for an action's parameters, one after the other. Pure: each answer gives the next form."""

from dataclasses import dataclass, replace

from dreamsync.protocol.cards import ActionOffer, Label, ParamOffer

Value = bool | int | str


@dataclass(frozen=True, slots=True)
class Form:
    """An action with what was answered so far; `.param` is asked for next, None when it is full."""

    offer: ActionOffer
    given: tuple[tuple[str, Value], ...] = ()

    @property
    def param(self) -> ParamOffer | None:
        """What is asked for next."""
        done = len(self.given)
        return self.offer.params[done] if done < len(self.offer.params) else None

    @property
    def params(self) -> dict[str, Value]:
        """The answers by name."""
        return dict(self.given)

    def question(self) -> str:
        """Return the line that asks."""
        param = self.param
        if param is None:
            return ""
        name = param.label or param.name.replace("_", " ")
        match param.type:
            case "choice":
                return f"{self.offer.label}: {name}?"
            case "int":
                return f"{self.offer.label}: {name}? {param.low} to {param.high}"
            case "bool":
                return f"{self.offer.label}: {name}? y or n"
            case "text":
                return f"{self.offer.label}: {name}?"

    def options(self) -> tuple[Label, ...]:
        """Return what there is to pick from, by number from 1."""
        return self.param.choices if self.param is not None else ()

    def is_hopeless(self) -> bool:
        """Return whether there is nothing to pick from for something that must be picked."""
        return any(param.type == "choice" and not param.choices for param in self.offer.params)

    def answered(self, text: str) -> "Form | str":
        """Return the form with an answer more, or a sentence that says what is wrong with it."""
        param, text = self.param, text.strip()
        assert param is not None, "a full form asks nothing"
        match param.type:
            case "choice":
                return self._chosen(param, text)
            case "int":
                return self._number(param, text)
            case "bool":
                if text.lower() not in ("y", "yes", "n", "no"):
                    return "Type y or n."
                return self._with(param, text.lower().startswith("y"))
            case "text":
                if param.size is not None and len(text) > param.size:
                    return f"That is {len(text)} letters; there is room for {param.size}."
                return self._with(param, text)

    def eased(self) -> "Form":
        """Return the form with what leaves no choice filled in."""
        form = self
        while form.param is not None and len(form.options()) == 1:
            form = form._with(form.param, form.options()[0].id)
        return form

    def _chosen(self, param: ParamOffer, text: str) -> "Form | str":
        if text.isdecimal() and 1 <= int(text[:4]) <= len(param.choices):
            return self._with(param, param.choices[int(text) - 1].id)
        wanted = text.lower()
        exact = [one for one in param.choices if wanted in (one.id.lower(), one.label.lower())]
        near = [one for one in param.choices if wanted and wanted in one.label.lower()]
        found = exact or near
        if len(found) == 1:
            return self._with(param, found[0].id)
        if found:
            return f"That may be {' or '.join(one.label for one in found)}: type a number."
        return f"Type a number from 1 to {len(param.choices)}, or nothing to leave it."

    def _number(self, param: ParamOffer, text: str) -> "Form | str":
        low, high = param.low or 0, param.high or 0
        try:
            number = int(text[:20])
        except ValueError:
            return f"Type a number from {low} to {high}."
        if not low <= number <= high:
            return f"Type a number from {low} to {high}."
        return self._with(param, number)

    def _with(self, param: ParamOffer, value: Value) -> "Form":
        return replace(self, given=(*self.given, (param.name, value)))
