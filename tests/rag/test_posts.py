import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UsageError
from rag.claims import checked_claim
from rag.posts import Post, read_post


@pytest.mark.parametrize(
    ("post", "said", "author"),
    [
        ("The port is closed https://t.co/Ab12", "The port is closed", ""),
        ("The port is closed.pic.twitter.com/Ab12", "The port is closed.", ""),
        ("#CoastalFires reached Orle, #orle", "Coastal Fires reached Orle, orle", ""),
        ("Fires in #OrlePort2031 today", "Fires in Orle Port 2031 today", ""),
        ("RT @harbour_wire: The ferry sank", "The ferry sank", ""),
        ("@ada @JoBrandt The ferry did not sink", "The ferry did not sink", ""),
        ("The mayor @JoBrandt resigned 😀✊🏿 👨\u200d👩\u200d👧 today", "The mayor Jo Brandt resigned today", ""),
        ("The ferry sank 🚢. — Ada Quist 🌊 (@adaq) March 24, 2031", "The ferry sank.", "Ada Quist"),
        ("The ferry sank — Ada Quist (@adaq)", "The ferry sank", "Ada Quist"),
        ("Norland joined the pact in 2031.", "Norland joined the pact in 2031.", ""),
        (
            "A rise of 3 °C – the most since 1990 – was measured",
            "A rise of 3 °C – the most since 1990 – was measured",
            "",
        ),
        ("Write to ada@example.org, R&D said", "Write to ada@example.org, R&D said", ""),
        ("İstanbul limanı kapandı", "İstanbul limanı kapandı", ""),
    ],
)
def test_a_post_is_read_as_the_words_that_it_says(post: str, said: str, author: str) -> None:
    assert read_post(post) == Post(said, author)


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_reading_again_takes_no_link_or_signature_more(text: str) -> None:
    said = read_post(text).text
    assert said == " ".join(said.split())
    assert "https://" not in said.lower()


@given(st.from_regex(r"[A-Z][a-z]{1,8}( [a-z]{1,8}){1,8} in (19|20)[0-9]{2}\.", fullmatch=True))
def test_an_ordinary_claim_stays_as_it_is(claim: str) -> None:
    assert read_post(claim).text == claim


@pytest.mark.parametrize("post", ["https://t.co/Ab12", "😀 😀", "@ada https://t.co/x — Ada (@ada) May 3, 2031"])
def test_a_post_that_says_nothing_is_an_empty_claim(post: str) -> None:
    with pytest.raises(UsageError, match="the claim is empty"):
        checked_claim(post)
