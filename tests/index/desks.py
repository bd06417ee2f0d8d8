"""Two desks, each with a folder `news` that has another article under the same name; the texts are ours."""

from collections.abc import Callable

HARBOUR = "The harbour board of Kestrel Bay approved a new breakwater on Monday."
SCHOOL = "Forty teachers went on strike over pay at two schools in Linden."

Desk = Callable[[str], None]  # goes to the desk of that name, "city" or "schools", or to a folder below it
