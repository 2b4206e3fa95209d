"""Patient-reported outcomes: who answered, how they feel, who is better by what matters to them."""

import streamlit as st

from lupus_outcomes.charts.change import draw_change
from lupus_outcomes.charts.heat_map import draw_answered
from lupus_outcomes.charts.shares import draw_shares
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("How do patients feel?")
released = compute.result(study, "patient_reported_missing")
drawing = draw_answered(released, show.mode())
show.result(released, drawing, finding_at=finding)

finding = show.section("Over time")
left, _ = st.columns([2, 3])
with left:
    instrument = controls.choose_instrument(study)
chosen = () if instrument is None else (instrument,)
released = compute.result(study, "change", measures=chosen)
drawing = draw_change(released, "mean", show.mode())
show.result(released, drawing, finding_at=finding)

finding = show.section("Better or worse by what matters to them")
no_room = controls.choose_switch("no_room", "Leave out patients with no room to improve")
released = compute.result(study, "patient_reported", measures=chosen, leave_out_no_room=no_room)
drawing = draw_shares(released, "patient_reported", show.mode())
show.result(released, drawing, finding_at=finding)
