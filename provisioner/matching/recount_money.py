"""What a server costs a month (H10), computed a second time from the price file, with fractions."""

from fractions import Fraction
from math import ceil

from provisioner.models.matching import Rules
from provisioner.models.profile import Profile


def standing_cents(profile: Profile, rules: Rules) -> int:
    """Return the cents a month of a server, the domain and mailboxes, as far as they count; electricity does not."""
    prices, wanted = rules.prices, profile.hosting.resources
    if prices is None:
        return 0
    tiers = prices.hosting.get(profile.hosting.kind, [])
    able = [tier for tier in tiers if tier.ram_mb >= wanted.ram_mb and tier.disk_gb >= wanted.disk_gb]
    best = min(able, key=lambda tier: (tier.monthly_eur, tier.one_off_eur, tier.ram_mb), default=None)
    total = round(100 * Fraction(str(best.monthly_eur))) if best and best.counted else 0
    if profile.domain_email.domain != "none":
        total += ceil(100 * Fraction(str(prices.domain_yearly_eur.amount)) / 12)
    if profile.domain_email.mailboxes == "none" and profile.domain_email.sending != "none":
        total += round(100 * Fraction(str(prices.mail_monthly_eur.amount)))
    return total


def backup_cents(profile: Profile, rules: Rules, disk_mb: int) -> int:
    """Return the cents a month to keep so much disk at each paid backup destination."""
    prices, kinds = rules.prices, [place.kind for place in profile.backups.destinations]
    if prices is None:
        return 0
    per_month = 100 * Fraction(str(prices.backup_monthly_eur_per_100_gb.amount)) * Fraction(disk_mb, 100 * 1024)
    return (kinds.count("same_provider") + kinds.count("other_provider")) * ceil(per_month)
