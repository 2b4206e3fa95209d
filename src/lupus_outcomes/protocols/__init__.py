"""The studies the product serves, in the order they are offered."""

from types import MappingProxyType

from lupus_outcomes.protocols import jrcts031230358, nct05835310, nct07000110, nct07215754

PROTOCOLS = MappingProxyType(
    {
        protocol.id: protocol
        for protocol in (
            nct07215754.PROTOCOL,
            nct07000110.PROTOCOL,
            nct05835310.PROTOCOL,
            jrcts031230358.PROTOCOL,
        )
    }
)
