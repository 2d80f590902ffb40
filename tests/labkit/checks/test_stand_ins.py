"""Which earlier exercises are replaced: in grading those that have not passed, in a notebook none."""

from labkit.checks import stand_ins

USES = {"split_heads": "3.1", "merge_heads": "3.2"}


def test_in_a_notebook_nothing_is_replaced():
    assert not stand_ins.examined()
    assert stand_ins.replaced("multi_head_attention", USES) == frozenset()


def test_in_grading_what_has_not_passed_is_replaced():
    with stand_ins.examining(frozenset({"split_heads"})) as record:
        assert stand_ins.examined()
        assert stand_ins.replaced("multi_head_attention", USES) == {"merge_heads"}
    assert record.asked == {"multi_head_attention"}
    assert not stand_ins.examined()


def test_who_needed_a_stand_in_is_not_sound_for_those_who_call_it():
    with stand_ins.examining(frozenset({"split_heads"})) as record:
        stand_ins.replaced("multi_head_attention", USES)
    assert record.proven == set()
    with stand_ins.examining(frozenset(USES)) as record:
        stand_ins.replaced("multi_head_attention", USES)
    assert record.proven == {"multi_head_attention"}
