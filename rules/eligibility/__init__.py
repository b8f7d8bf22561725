"""Who may apply: a person's facts → a verdict, each condition with its provision."""

from rules.eligibility.findings import Reason
from rules.eligibility.verdict import Assessment, Verdict, assess

__all__ = ["Assessment", "Reason", "Verdict", "assess"]
