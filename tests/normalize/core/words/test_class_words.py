"""Groups of class words."""

from services.normalize.core.words.class_words import group_bit, group_mask


def test_long_words_count_inside_others_and_short_ones_do_not():
    assert group_mask("relatedLinks") & group_bit("related")
    assert group_mask("shadows") & group_bit("advert") == 0
    assert group_mask("ads") & group_bit("advert")


def test_two_words_make_one():
    assert group_mask("article-body") & group_bit("body")
    assert group_mask("article__body") & group_bit("body")


def test_no_name_belongs_to_no_group():
    assert group_mask("") == 0
    assert group_mask("x1 y2") == 0


def test_two_words_make_one_across_two_names():
    assert group_mask("article body") & group_bit("body")
    assert group_mask("x1 article 22 body") & group_bit("body")
