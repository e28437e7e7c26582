"""What of the page is the article: features, two passes of the linear model, rules, the choice of the region."""
