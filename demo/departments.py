"""The grocer's departments: how the 31 department codes and some categories of the product table are grouped."""

from typing import Final

import polars as pl

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "grocery": ("GROCERY", "FROZEN GROCERY"),
    "general": (
        "DRUG GM",
        "GM MERCH EXP",
        "COSMETICS",
        "TOYS",
        "AUTOMOTIVE",
        "PHOTO & VIDEO",
        "ELECT &PLUMBING",
    ),
    "produce": ("PRODUCE", "PROD-WHS SALES"),
    "meat": ("MEAT", "MEAT-PCKGD"),
    "seafood": ("SEAFOOD", "SEAFOOD-PCKGD"),
    "deli": ("DELI", "CHEF SHOPPE", "SALAD BAR", "RESTAURANT"),
    "bakery": ("PASTRY",),
    "nutrition": ("NUTRITION",),
    "floral": ("FLORAL", "GARDEN CENTER"),
    "spirits": ("SPIRITS",),
    "fuel": ("FUEL",),
}
"""Group -> department codes. Everything else (coupons, gift cards, tickets, unlisted products) is `other`."""

FRESH: Final = ("produce", "meat", "seafood", "deli", "bakery")
DESTINATIONS: Final = (
    "general",
    "produce",
    "meat",
    "seafood",
    "deli",
    "bakery",
    "nutrition",
    "floral",
    "spirits",
)
"""Groups that can be a household's main department; dry grocery and fuel would win nearly everywhere."""

BABY: Final = (
    "BABY FOODS",
    "BABYFOOD",
    "BABY HBC",
    "DIAPERS & DISPOSABLES",
    "INFANT CARE PRODUCTS",
    "INFANT FORMULA",
)
PETS: Final = ("CAT FOOD", "CAT LITTER", "DOG FOODS", "PET CARE SUPPLIES")
EVENTS: Final = ("BAKERY PARTY TRAYS", "CAKES", "PARTY TRAYS")
TOBACCO: Final = ("CIGARETTES", "CIGARS", "TOBACCO OTHER")


def is_fuel() -> pl.Expr:
    """Whether a line is petrol; some petrol is booked under MISCELLANEOUS and is known only by its product type."""
    return (pl.col("department") == "FUEL").fill_null(False) | pl.col("product_type").str.starts_with(
        "GASOLINE"
    ).fill_null(False)


def department_group() -> pl.Expr:
    """The department group of a receipt line, text."""
    codes = {code: group for group, members in GROUPS.items() for code in members}
    grouped = pl.col("department").replace_strict(codes, default="other", return_dtype=pl.String).fill_null("other")
    return pl.when(is_fuel()).then(pl.lit("fuel")).otherwise(grouped)


def category_is(categories: tuple[str, ...]) -> pl.Expr:
    """Whether a line's product category is one of these; an unknown category is not."""
    return pl.col("product_category").is_in(categories).fill_null(False)
