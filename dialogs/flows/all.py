"""All dialogs, in the order in which their words are tried on a message."""

from __future__ import annotations

from dialogs.flows.declaration import Declaration
from dialogs.flows.endorsement import Endorsement, Reminding
from dialogs.flows.flow import Flow
from dialogs.flows.guides import AddressChange, Proxy, Replacement, Settling
from dialogs.flows.looking_up import LookingUp
from dialogs.flows.mine import Correction, Erasure, Exporting, MyDeclarations, StopReminders, Withdrawal
from dialogs.flows.precheck import Precheck

FLOWS: tuple[Flow, ...] = (
    MyDeclarations(),
    Correction(),
    Withdrawal(),
    Erasure(),
    Exporting(),
    StopReminders(),
    LookingUp(),
    Reminding(),
    Endorsement(),
    Replacement(),
    AddressChange(),
    Proxy(),
    Settling(),
    Precheck(),
    Declaration(),
)
