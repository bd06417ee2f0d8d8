from index.counted import counted


def test_a_number_has_its_noun_in_the_form_it_asks_for() -> None:
    assert [counted(number, "passage") for number in (0, 1, 2)] == ["0 passages", "1 passage", "2 passages"]
    assert counted(1, "thing is", "things are") == "1 thing is"
    assert counted(4000, "thing is", "things are") == "4,000 things are"
