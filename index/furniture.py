"""What page furniture reads like: adverts, buttons, link lists, credits, captions, comment headers.

Each rule matches a whole line (white space collapsed). A pattern here has to be one that no sentence of a story
matches; when in doubt it stays out, since a button in the body costs little and a lost sentence costs an answer.
"""

import re
from typing import Literal

from index.dates import DATE_NAMES

_FURNITURE_CHARS = 220  # no button or notice is longer, but a legal line may be
_LANGUAGE_CODES = (
    "ua uk ukr укр рус ru rus en eng de deu fr fra es esp it ita pt pl ro tr ar zh cn jp ja ko kr cz cs sk hu bg el gr "
    "nl sv fi da no et lv lt ka he fa hi sr hr sl be kk az hy"
)
_LANGUAGE_NAMES = "english español français deutsch italiano português русский українська polski türkçe العربية"
_LANGUAGES = (frozenset(_LANGUAGE_CODES.split()), frozenset(_LANGUAGE_NAMES.split()))


def _whole(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"(?:" + "|".join(patterns) + r")[\s.:!|»›>…–—-]*", re.IGNORECASE)


_ADVERT = _whole(
    r"[-–—\[( ]*(?:scroll down for video|advert(?:isement|ising|orial)?s?|ads?|sponsored(?: content|"
    r" by .{1,40})?|paid content|promoted(?: content)?|"
    r"publicidad|anuncio|реклама|werbung|publicité)[\])\s]*(?: \d+)?",
    r"(?:story|article|text) continues (?:below|after)(?: (?:the |this )?(?:ad|advert|advertisement|video|gallery))?",
    r"continue reading(?: (?:below|the main story))?",
    r"(?:skip|report|close|hide)(?: this)? (?:ad|advertisement)",
    r"(?:loading|please wait)\W*",
)
# What an advert says directly below the line that announces it: an order to the reader, and what there is to gain.
_OFFER = re.compile(
    r"(?:buy|shop|save|order|get|try|enjoy|book|grab|claim)\b.{0,120}"
    r"(?:\b(?:free|off|now|today|deals?|offers?|sale|discounts?|half price)\b|[£$€] ?\d|\d ?%).{0,60}",
    re.IGNORECASE,
)
_SECTION_NAMES = (
    "home news sport sports opinion politics world business culture arts entertainment lifestyle life style fashion "
    "food travel health science tech technology education environment climate weather economy finance money markets "
    "local national international europe asia africa americas us uk video videos photos live latest tv radio podcasts "
    "jobs obituaries comment editorial features magazine games puzzles more menu search contact about subscribe"
)
_SECTIONS = frozenset(_SECTION_NAMES.split())
_BUTTON = _whole(
    r"browse by",
    r"(?:skip|jump|back) to (?:main |the )?(?:content|navigation|top|article)",
    r"(?:main )?menu|search|log ?in|sign ?in|sign ?up|register|subscribe(?: now| today)?|donate(?: now)?|close|home|"
    r"show more|load more|view (?:all|more)|see all|read full (?:article|story)|play(?: video)?|replay|listen|"
    r"save|reply|like",
    r"(?:listen to article [\d:]+ )?share this article\b.{0,60}|(?:about )?\d+ (?:years?|months?|weeks?|days?|"
    r"hours?|minutes?) ago",
    r"media playback is unsupported.{0,40}|this article is more than .{1,30} old",
    r"story highlights|key (?:points|takeaways)",
    r"print(?:er)?(?: friendly.{0,30}| this (?:page|article))?|email(?: this(?: article)?)?|copy link|"
    r"copy to clipboard",
    r"share(?: (?:this|on|via|it|with|article|story|tweet|your)\b.{0,60})?",
    r"(?:(?:share|tweet|pin|email|print|facebook|twitter|x|whatsapp|telegram|linkedin|reddit|pinterest|viber|"
    r"flipboard|"
    r"instagram|youtube|messenger|copy link|google\+?|tumblr|pocket|more)[\s,|/·•]*){2,}",
    r"(?:facebook|twitter|whatsapp|telegram|linkedin|reddit|pinterest|tweet|instagram)",
    r"(?:please )?follow (?:us|@\w+|[\w ]{2,30}) on .{2,60}|follow @?\w+|follow us",
    r"for (?:the )?latest (?:updates|news).{0,60}",
    r"join the (?:conversation|discussion)|(?:like|find|join) us on .{2,40}",
    r"join (?:our|the) (?:[\w'’]+ ){1,4}(?:community|newsletter|channel|group|whatsapp|telegram)\b.{0,40}",
    r"(?:un)?block notifications.{0,60}|(?:enable|allow|turn on) (?:push )?notifications.{0,60}",
    r"click (?:here )?(?:to|for) (?:the|view|get|see|read|subscribe|sign|share|expand|enlarge|watch|listen|"
    r"download)\b.{0,80}",
    r"(?:get|download) (?:the|our) .{0,40}app(?: (?:here|now|today).{0,20})?",
    r"eyewitness\? .{0,80}|(?:e-?mail|tel|phone|contact)(?: us)?:? ?[\w.+-]+@[\w.-]+",
    r"hide caption|toggle caption|enlarge this image|view (?:image|gallery|slideshow)|slideshow \(\d+ images?\)|"
    r"full screen",
    r"(?:\d+ )?(?:view|show|hide|see|read) (?:all )?comments(?: \(\d+\))?|no comments(?: yet)?|\d+ shares?|"
    r"comments (?:are )?closed",
    r"(?:choose|select) (?:your )?(?:country|language|region)\b.{0,40}",
    r"min(?:ute)?s? read|\d+ min(?:ute)?s? read",
)
_NOTICE = _whole(
    r"(?:we|this (?:web)?site|our (?:web)?site|\S+\.(?:com|org|net)) uses? cookies\b.*",
    r"(?:accept|reject|manage|allow)(?: all)? cookies.{0,60}|cookie (?:settings|policy|preferences|notice)",
    r"by (?:continuing to|using|browsing|clicking|signing up|subscribing|entering your e-?mail)\b.{0,200}"
    r"(?:site|cookies|terms|privacy|policy).{0,80}",
    r"(?:please )?(?:enable|turn on) javascript.{0,80}|your browser (?:does not|doesn['’]t) support.{0,80}",
    r"(?:terms (?:of (?:use|service)|and conditions|& conditions)|privacy (?:policy|notice)|contact us|about us|"
    r"advertise with us|"
    r"do not sell my (?:personal )?info(?:rmation)?)(?:[\s|·•]+(?:terms.{0,20}|privacy.{0,20}|contact us|"
    r"about us|cookies?))*",
    r"(?:copyright|©|\(c\))\s*(?:©|\(c\))?\s*(?:19|20)\d\d\b.{0,160}|.{0,80}all rights reserved.{0,120}",
    r"this material may not be published, broadcast, rewritten.{0,60}",
    r"(?:sign up|subscribe)(?: now| here| today)? (?:for|to) .{0,60}(?:newsletters?|inbox|alerts?|briefing|"
    r"channel|podcast).{0,60}",
    r"(?:sign up|subscribe)(?: now| here| today)? (?:for|to) (?:our|the|get|receive) .{0,100}",
    r"(?:get|receive) .{0,60}(?:in|to|delivered to) your inbox.{0,60}|thank you for (?:subscribing|signing up).{0,60}",
    r"please enter a valid email(?: address)?|enter your e-?mail(?: address)?.{0,40}|manage newsletters",
    r"(?:the )?views expressed in .{0,140}(?:author|writer|contributor).{0,100}",
)
_STEP = re.compile(r"(?:PREV(?:IOUS)?|NEXT)(?: (?:ARTICLE|STORY|POST))?\b(?:[:\s«»‹›<>]*\S.{0,180}[^.…\"”]|[\s:»›>]*)")
_STEP_NAMED = _whole(
    r"(?:previous|next|older|newer) (?:article|story|post|page|slide)s?(?:: .{0,150})?", r"prev|next|previous"
)
_LIST_HEADER = _whole(
    r"recommended(?: (?:articles?|stories|reading|for you|by .{1,30}|videos?))?",
    r"related(?: (?:articles?|stories|posts?|news|topics?|content|coverage|links?|reading|videos?))?",
    r"(?:read|see|learn) (?:more|also|next|it)(?: (?:stories|news|articles))?|also read|see also|more to read|"
    r"what to read next",
    r"most (?:read|popular|viewed|shared|commented|recent)(?: (?:articles|stories|news|in .{1,30}))?",
    r"more (?:stories|news|articles|headlines|from .{1,40}|on (?:this|the) (?:story|topic)|like this)",
    r"(?:latest|top|recent|popular|trending|breaking|other|today['’]s)(?: \w+)? (?:news|stories|articles|posts|"
    r"headlines|videos)",
    r"trending(?: now| today| topics?)?|editors?['’]?s? picks?|don['’]t miss|up next|in case you missed it|"
    r"must[- ](?:read|see)s?",
    r"you (?:may|might|could) (?:also )?(?:like|enjoy|be interested(?: in)?)(?: (?:this|these))?|from (?:the|"
    r"around the) web",
    r"(?:читайте также|читайте також|за темою|рекомендуем|noticias relacionadas|lea también|te puede interesar)",
)
_WEAK_LIST = _whole(
    r"(?:read|see|learn) (?:more|also|next|it)", r"also read|see also|related", r"more (?:on|from) .{1,40}"
)
_LINK = re.compile(  # "Read more: another headline"; a colon or a bar must follow, and no sentence end
    r"(?:(?:read|see|learn)(?: more| also| next| it)|also read|also see|see also|related(?: (?:articles?|"
    r"stories|story|news|coverage|video))?|"
    r"recommended|don['’]t miss|must read|you (?:may|might) (?:also )?(?:like|be interested(?: in)?)|"
    r"more on this|watch now|"
    r"click here for more|читайте (?:также|також)|lea también)\s*[:|»>–—-]+\s*\S.{0,200}",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"(?:source|fuente|джерело|источник|quelle|via)\s?: ?(?P<outlet>[^.!?;,]{2,50})\.?", re.IGNORECASE)
_CAPITAL = "[A-ZÀ-ÖØ-ÞІЇЄҐА-Я]"
_NAME = rf"{_CAPITAL}[\w.'’-]*(?: (?:{_CAPITAL}[\w.'’-]*|de|van|von|der|den|bin|al|la|le|da|di|el)){{1,4}}"
_BYLINE = re.compile(
    r"(?:By|BY|Written by|Reported by|Story by|Posted by|Author:|Por|Autora?:|Автор:?) "
    rf"(?P<names>{_NAME}(?:(?:,| and| &|, and) {_NAME}){{0,4}})"
    r"(?P<rest>(?:,? (?:[A-Z][\w.’'-]*|of|the|for|at|and|to|&|in|on)){0,8}|\s*[|·•,–—-].{0,80})"
)
_NAMES = re.compile(rf"{_NAME}(?:, {_NAME})*,? (?:and|&) {_NAME}")
# The longest first, and never read twice (an atomic group): "11.11.11.11" has exponentially many readings.
_WORD_OF_DATE = (
    r"(?>(?:\d{4}-\d\d-\d\d(?:t[\d:.+z-]+)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|"
    rf"\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?z?(?:am|pm)?|\d{{1,4}}(?:st|nd|rd|th)?|"
    rf"{'|'.join(sorted(DATE_NAMES, key=len, reverse=True))}|"
    r"at|on|am|pm|a\.m|p\.m|et|est|edt|gmt|utc|bst|cet|pt|hrs?|ist|updated?|published|posted|modified|first|last|"
    r"created|date|time|the|of|del?|el|le|den|um|uhr|року|года|р|г)"
    r"(?![^\W_]))"
)
_DATE_LINE = re.compile(
    rf"(?=.*(?:\b(?:18|19|20)\d\d\b.*\D|\D.*\b(?:18|19|20)\d\d\b|updated|published|"
    rf"posted))(?=.*\d)[(\[]?{_WORD_OF_DATE}(?:[\s,.:|/()·•–—-]+{_WORD_OF_DATE})*[\s.)\]|]*",
    re.IGNORECASE,
)
_DATE = re.compile(rf"(?=.*\d)[(\[]?{_WORD_OF_DATE}(?:[\s,.:/()–—-]+{_WORD_OF_DATE})*[\s.)\]]*", re.IGNORECASE)
_CAPTION_CHARS = 600
_CAPTION_START = re.compile(
    r"(?:(?:file )?(?:photo(?:graph)?s?|images?|pictures?|caption|foto|фото)(?: (?:by|credit|"
    r"courtesy(?: of)?))?\s?[:|]|"
    r"photos? by [A-Z]|file(?: photo)? ?[-–—:] |\((?:file )?(?:photo|image|credit|picture)s?(?: by|:)|"
    r"\[(?:photo|image)\b|"
    r"image (?:copyright|caption|source)\b|media caption\b|(?:photo|image) (?:illustration )?courtesy )",
    re.IGNORECASE,
)
_AGENCIES = (
    r"Getty(?: Images)?|AFP|AP(?: Photo)?|Reuters|REUTERS|EPA|Shutterstock|Bloomberg|Xinhua|TASS|UPI|"
    r"iStock|Unsplash|Wikimedia(?: Commons)?|Flickr|Ukrinform|EFE|dpa|DPA|PA|NurPhoto|Anadolu(?: Agency)?"
)
_CAPTION_END = re.compile(
    rf"(?:\((?:[^()]{{0,60}}[\s/|,:])?(?:{_AGENCIES})(?: ?(?:/|via|through|,) ?[^()]{{1,50}})?(?: file)?(?: photo)?\)|"
    rf"\((?:photo|image|picture|credit|source|foto|фото)s?(?: by|:| courtesy).{{1,80}}\)|"
    rf"\([^()]{{0,60}}\bphoto(?:: ?[^()]{{1,50}})?\)|"
    rf"\s?/\s?(?:{_AGENCIES})|(?:(?:{_AGENCIES})/|©\s?)[A-Z][\w.’' -]{{2,50}}|via (?:Getty Images|AP|AFP|Reuters)|"
    r"\b(?:Photo|Image|Credit|Photograph|Picture)s?(?: by|:) ?[A-Z].{2,60}|\b(?:toggle|hide) caption)[.\s]*$"
)
_IN_PHOTO_STORY = re.compile(r"(?:Photo|PHOTO|Image):\s\S.*\((?:[^()]*)\)\s*$")
_SMALL_WORDS = frozenset(("of", "the", "and", "for", "de", "la", "el", "du", "des", "di", "der", "&"))
_PLACE_DATE_END = re.compile(
    r"[A-Z][^@—]{20,180} (?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December) \d{1,2}, (?:19|20)\d\d"
)
_COMMENTS = _whole(
    r"(?:readers?['’]?s?|users?['’]?|visitors?['’]?|your|latest|recent|top) comments(?: \(\d+\)| \d+)?",
    r"comments? ?\(\d+\)|\d+ (?:comments|responses|replies|thoughts on .{1,100})|comments from (?:our )?readers",
    r"leave a (?:comment|reply)|post a comment|add (?:a|your) comment",
    r"коментарі(?: читачів| \(\d+\))?|комментарии(?: читателей| \(\d+\))?|comentarios(?: de (?:los )?lectores|"
    r" \(\d+\))?",
)
_COMMENTS_BARE = _whole(r"comments?", r"discussion")


def is_furniture(line: str) -> bool:
    """Whether the line is an advert, a button, a notice, a link or a rule: nothing that an answer may rest on."""
    if not any(map(str.isalnum, line)):
        return True
    if len(line) > _FURNITURE_CHARS:
        return len(line) < 2 * _FURNITURE_CHARS and _NOTICE.fullmatch(line) is not None
    return (
        any(rule.fullmatch(line) for rule in (_ADVERT, _BUTTON, _NOTICE, _STEP, _STEP_NAMED, _LIST_HEADER))
        or source_line(line) is not None
        or _is_link(line)
        or _is_language_switch(line)
        or _is_menu(line)
    )


def is_advert(line: str) -> bool:
    """Whether the line announces an advert, such as "ADVERTISEMENT"."""
    return len(line) <= _FURNITURE_CHARS and _ADVERT.fullmatch(line) is not None


def is_offer(line: str) -> bool:
    """Whether the line may be what an advert says ("Buy two get one free"); only below one that announces it."""
    return _OFFER.fullmatch(line) is not None


def opens_list(line: str) -> bool:
    """Whether headlines of other stories are likely to follow the line."""
    return len(line) < 80 and _LIST_HEADER.fullmatch(line) is not None


def is_weak_list(line: str) -> bool:
    """Whether the line may as well introduce a single link in the middle of a story."""
    return _WEAK_LIST.fullmatch(line) is not None


def is_caption(line: str) -> bool:
    """Whether the line describes a picture: it begins or ends with a credit, or ends as captions with a date do."""
    if len(line) > _CAPTION_CHARS:
        return False
    return (
        _CAPTION_START.match(line) is not None
        or _CAPTION_END.search(line) is not None
        or _IN_PHOTO_STORY.search(line) is not None
        or _PLACE_DATE_END.fullmatch(line) is not None
    )


def is_byline(line: str) -> bool:
    """Whether the line names who wrote the story and says nothing else."""
    return byline_names(line) is not None


def is_names(line: str) -> bool:
    """Whether the line lists two people or more ("Ann Lee and Bo Chan"), as some bylines do without "By"."""
    return _NAMES.fullmatch(line) is not None


def byline_names(line: str) -> str | None:
    """The names in a byline, as written."""
    match = _BYLINE.fullmatch(line) if len(line) < 160 else None
    return match["names"] if match else None


def source_line(line: str) -> str | None:
    """The outlet that a line such as "Source: Deutsche Welle" names."""
    match = _SOURCE.fullmatch(line)
    words = match["outlet"].split() if match else []
    named = all(word[0].isupper() or "." in word or word in _SMALL_WORDS for word in words)
    return " ".join(words) if named and 1 <= len(words) <= 6 else None


def is_date_line(line: str) -> bool:
    """Whether the line holds a date and words such as "Published" and nothing else."""
    return len(line) < 120 and _DATE_LINE.fullmatch(line) is not None


def is_date(part: str) -> bool:
    """Whether a part of a line is of a date's words and nothing else: "25 January 2024", "10:05 am"."""
    return len(part) < 80 and _DATE.fullmatch(part) is not None


def is_section(word: str) -> bool:
    """Whether the word names a section of a site, such as "World"."""
    return word.lower() in _SECTIONS


def comment_header(line: str) -> Literal["plain", "bare"] | None:
    """ "plain" for a header that can only open readers' comments, "bare" for a word that may be a button."""
    if len(line) > 140:
        return None
    return "plain" if _COMMENTS.fullmatch(line) else "bare" if _COMMENTS_BARE.fullmatch(line) else None


def _is_link(line: str) -> bool:
    return _LINK.fullmatch(line) is not None and not (line.endswith((".", "”", '"')) and len(line) > 120)


def _is_menu(line: str) -> bool:
    """Whether the line is a site's sections in capitals: "HOME NEWS SPORT OPINION"."""
    words = re.split(r"[\s|/·•,&]+", line.strip(" |/·•,")) if line.isupper() else []
    return (len(words) >= 4 or (len(words) == 3 and "HOME" in words)) and _SECTIONS.issuperset(map(str.lower, words))


def _is_language_switch(line: str) -> bool:
    words = re.split(r"[\s|/·•,]+", line.strip(" |/·•,"))
    if not 2 <= len(words) <= 20:
        return False
    return any(all(word.lower() in language for word in words) for language in _LANGUAGES)
