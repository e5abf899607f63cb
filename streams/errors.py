"""What goes wrong for reasons that a person can put right."""


class UserError(Exception):
    """One line that says what is wrong and what to do; the command line prints it and exits 1."""


class SettingError(UserError):
    """A setting has a value that it cannot have: names the variable, the value and what is allowed."""
