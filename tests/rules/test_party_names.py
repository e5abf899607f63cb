"""Names compared: what is one party's however it is written, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.parties import compare
from rules.parties.clean import clean
from rules.parties.unvowelled import is_readable

STRONG, POSSIBLE = 0.90, 0.75


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Huawei Technologies Co., Ltd.", "HUAWEI TECHNOLOGIES CO LTD"),
        ("SМIC", "SMIC"),
        ("Hua\u200bwei Techno\u00adlogies", "Huawei Technologies"),
        ("ＨＵＡＷＥＩ Technologies", "Huawei Technologies"),
        ("LAVROV, Sergey Viktorovich", "Sergey Viktorovich Lavrov"),
        ("Ротенберг Аркадий", "ROTENBERG, Arkady"),
        ("ООО Газпром Нефть", "Gazprom Neft LLC"),
        ("Joint Stock Company Tekhnodinamika", "Tekhnodinamika JSC"),
        ("Joint Sttock Company Tekhnodinamika", "Tekhnodinamika JSC"),
        ("AlisherUsmanov", "Alisher Usmanov"),
        ("Goodwill Chips", "Good Will Chips"),
        ("Hans J. Friedrich", "Hans Joachim Friedrich"),
        ("Société Générale d'Optique", "Societe Generale dOptique"),
        ("Dr. Rami Makhlouf", "Rami Makhlouf"),
        ("Muhammad bin Salman", "Mohammed Ben Salman"),
        ("Nikolai Patr ushev", "Nikolai Patrushev"),
        ("Jalaluddin Haqqani", "HAQQANI, Jalal al-Din"),
        ("김정은", "KIM, Jong Un"),
        ("长江存储科技有限责任公司", "Yangtze Memory Technologies Co., Ltd."),
        ("哈尔滨工程大学", "Harbin Engineering University"),
        ("哈尔滨工业大学", "Harbin Institute of Technology"),
        ("杭州海康威视数字技术股份有限公司", "Hangzhou Hikvision Digital Technology Co., Ltd."),
        ("浙江大华技术股份有限公司", "Dahua Technology"),
        ("海\u200b康威\u200b视", "Hikvision"),
        ("商汤科技", "Shangtang Technology"),
        ("沈阳", "Yang Shen"),
        ("王海南", "WANG, Hai Nan"),
        ("李开发", "LI, Kaifa"),
        ("Kim Chong-il", "KIM, Jong Il"),
        ("Uladzimir Arkadzyeu", "ARKADZYEU, Vladimir"),
        ("Kostiantyn Zhevago", "Константин Жеваго"),
        ("Γιάννης Μπουτάρης", "Giannis Boutaris"),
        ("Dept. of Natl Defence Mfg", "Department of National Defense Manufacturing"),
        ("Balaton Optika Kft.", "Balaton Optika Korlátolt Felelősségű Társaság"),
        ("Superchip Lim ited", "SUPERCHIP LIMITED"),
        ("LLCAkfort", "LLC AKFORT"),
        ("ALMARWANI, Ishaq Abdulmalek", "AL-MARWANI, Ishaq Abd-al-Malik"),
    ],
)
def test_a_name_otherwise_written_is_a_strong_match(name: str, other: str) -> None:
    """Case, order, script, accents, legal form, spacing, look-alikes and what is invisible hide no name."""
    assert compare(name, other).score >= STRONG


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Hangzhou Hikvison", "Hangzhou Hikvision"),
        ("Yangtze Memroy", "Yangtze Memory"),
        ("Sergi Lavrov", "Sergei Lavrov"),
        ("Kaspersky Labb", "Kaspersky Lab"),
        ("Rosoboronexport", "Posoboronexport"),
        ("Alexey Miller", "MILLER, Aleksei Borisovich"),
        ("Hizballah", "Hezbollah"),
        ("Abdelfattah Elsisi", "Abdul Fattah Al-Sisi"),
        ("Bob Zellweger", "ZELLWEGER, Robert"),
        ("Misha Fradkov", "Михаил Фрадков"),
        ("Ayatollah Ahmad Jannati", "JANNATI, Ahmad"),
        ("华为技术有限公司", "Huawei Technologies Co., Ltd."),
    ],
)
def test_a_name_with_a_slip_is_at_least_a_possible_match(name: str, other: str) -> None:
    """A letter swapped, left out, doubled, wrong or wrong at the beginning does not hide a name."""
    assert compare(name, other).score >= POSSIBLE


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("حسن نصر الله", "NASRALLAH, Hassan"),
        ("قاسم سلیمانی", "SOLEIMANI, Qasem"),
        ("عبد الملك الحوثي", "AL-HOUTHI, Abdul Malik"),
        ("בנימין נתניהו", "Binyamin Netanyahu"),
        ("بانک ملی ایران", "Bank Melli Iran"),
    ],
)
def test_a_name_in_a_script_without_vowels_is_at_least_a_possible_match(name: str, other: str) -> None:
    """Arabic, Persian and Hebrew write consonants and long vowels only; either name may be the one."""
    assert compare(name, other).score >= POSSIBLE
    assert compare(other, name).score >= POSSIBLE


def test_vowels_that_are_written_tell_two_names_apart() -> None:
    """A long vowel is written: `hsyn` is Hussein and not Hassan."""
    assert compare("حسین روحانی", "Hassan Rouhani").score < POSSIBLE


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Frank Richter", "Frederik Richter"),
        ("Boris Netanyahu", "Benjamin Netanyahu"),
        ("Government of Estonia", "Government of Ethiopia"),
        ("Tokyo Electron", "Tokyo Institute of Technology"),
        ("University of Manchester", "University of Tehran"),
        ("Orion Chemicals GmbH", "ORION"),
        ("Sergey Ivanov", "Sergey Viktorovich Lavrov"),
        ("Factory 81", "Factory 82"),
        ("Daniel Moreno", "Danielle Moreno"),
        ("Songa Offshore", "B.S. Offshore"),
        ("S-1 Corporation", "Set-1 JSC"),
        ("Town Savings (Holding)", "Holding SAL"),
        ("Shahid Science &amp; Technology", "Technology LLC"),
        ("Trade Works (China)", "China"),
        ("Christiane Schmidt", "Christian Schmidt"),
        ("Petra Schneider", "Peter Schneider"),
        ("Paula Miller", "Paul Miller"),
        ("Fund Navigator 2015", "Fund Navigator 2016"),
        ("Tianjin Medical University", "Tianjin University"),
        ("Kazan Innovative University (IEML)", "IMEL"),
        ("42 Berlin", "42"),
        ("Indian School Bousher", "S. Basheer"),
        ("三星电子", "Huawei Electronics"),
        ("哈尔滨工业大学", "Harbin Engineering University"),
        ("清华大学", "Beijing Institute of Technology"),
        ("杭州电子科技大学", "University of Electronic Science and Technology of China"),
        ("东北航空大学", "Beihang University"),
        ("飞腾达有限公司", "Phytium"),
        ("上海能达通信有限公司", "Hytera Communications Corporation Limited"),
    ],
)
def test_another_partys_name_is_no_match(name: str, other: str) -> None:
    """What contradicts on both sides weighs more than what is shared."""
    assert compare(name, other).score < POSSIBLE


@pytest.mark.parametrize(("name", "other"), [("Lynn White", "LI JIN"), ("Tom Holland", "TOM")])
def test_another_persons_name_is_no_match(name: str, other: str) -> None:
    """One word is no whole name, and a place's name is a family's too."""
    assert compare(name, other, kind="person").score < POSSIBLE


def test_one_word_in_parentheses_makes_a_person_look() -> None:
    """An acronym is many parties'; two words there are a name."""
    assert POSSIBLE < compare("Kharkiv Aviation Institute (KAI)", "KAI").score < STRONG
    assert compare("Good Works (Vostok Optronika)", "Vostok Optronika").score >= STRONG


def test_a_comparison_says_what_matched() -> None:
    """The pairs of words that are alike are those of the two names."""
    assert set(compare("Rami Maklouf", "MAKHLOUF, Rami").pairs) == {("rami", "rami"), ("maklouf", "makhlouf")}


def test_a_name_that_holds_several_is_compared_as_each() -> None:
    """An a.k.a. or an acronym in parentheses counts as a name of its own."""
    listed = (
        "General Technology Limited [aka Tiger Force Electronics]; and any successor, sub-unit, or subsidiary"
    )
    assert compare("Tiger Force Electronics", listed).score == 1.0
    assert compare("SMIC", "Semiconductor Manufacturing International Corporation (SMIC)").score == 1.0


def test_nothing_to_compare_is_no_match() -> None:
    """A text without a letter or a digit is nobody's name."""
    assert compare("", "Huawei").score == compare(" -- ", "Huawei").score == 0.0


@pytest.mark.parametrize("written", ["ههههههوووووو", "ويويويويويوي", "وهيوهيوهيوهي"])
def test_a_word_that_may_be_read_in_very_many_ways_is_not_read(written: str) -> None:
    """Of letters that may be vowels or nothing a party could make a name that holds everything up."""
    assert not any(map(is_readable, clean(written).words))
    assert compare(written, "o" * 40 + "x").score == 0.0
    assert compare(written, "ouieouieouieouieouieoux").score == 0.0


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_can_be_compared(name: str, other: str) -> None:
    """The score of whatever two texts lies from 0 to 1."""
    assert 0.0 <= compare(name, other).score <= 1.0


@given(st.text("بتثجحخدذرزسشصضطظعغفقكلمنهويא בגדהוזחטיכלמנסעפצקרשת1٢", max_size=30), st.text(max_size=40))
def test_any_text_without_vowels_can_be_compared(name: str, other: str) -> None:
    """Digits and blanks among Arabic and Hebrew letters too."""
    assert 0.0 <= compare(name, other).score <= 1.0
    assert 0.0 <= compare(other, name).score <= 1.0


@given(
    st.lists(st.sampled_from(["acme", "borealis", "kestrel", "zenith", "quasar"]), min_size=1, unique=True)
)
def test_the_order_of_words_does_not_matter(words: list[str]) -> None:
    """A name of the same words is the same name."""
    assert compare(" ".join(words), " ".join(reversed(words))).score == 1.0
