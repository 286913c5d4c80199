"""What a server of one's own costs a month by the dated price file, in cents (H10); without a price file nothing."""

from math import ceil

from provisioner.models.base import Text
from provisioner.models.costs import CostLine
from provisioner.models.prices import HOURS_PER_MONTH, Price, Prices, Tier
from provisioner.models.profile import Profile

MB_PER_100_GB = 100 * 1024
PAID_BACKUPS = ("same_provider", "other_provider")


def machine(profile: Profile, prices: Prices | None) -> Tier | None:
    """Return the cheapest machine of the file that has what the profile's machine has; None where it has none."""
    wanted = profile.hosting.resources
    return prices.tier(profile.hosting.kind, wanted.ram_mb, wanted.disk_gb) if prices else None


def standing_lines(profile: Profile, prices: Prices | None) -> list[CostLine]:
    """Return what is to be paid as soon as one service runs: machine, domain, outgoing e-mail.

    The electricity of a machine of one's own is shown beside, never counted: it is often part of a rent.
    """
    if prices is None:
        return []
    lines = []
    tier = machine(profile, prices)
    if tier:
        lines.append(_hosting(tier, prices))
        power = round(prices.electricity_monthly_eur(tier) * 100)
        if power:
            price = prices.electricity_eur_per_kwh
            how = f"round({tier.watts:g} x {HOURS_PER_MONTH} / 1000 x {price.amount * 100:g})"
            lines.append(line("energy", price, power, prices, how).model_copy(update={"counted": False}))
    if profile.domain_email.domain != "none":
        price = prices.domain_yearly_eur
        cents = ceil(round(price.amount * 100 / 12, 6))
        lines.append(line("domain", price, cents, prices, f"ceil({price.amount * 100:g} / 12)"))
    if profile.domain_email.mailboxes == "none" and profile.domain_email.sending != "none":
        price = prices.mail_monthly_eur
        lines.append(line("mail", price, round(price.amount * 100), prices))
    return lines


def standing_cents(profile: Profile, prices: Prices | None) -> int:
    """Return the sum of the lines above that count against the budget."""
    return sum(round(item.monthly_eur * 100) for item in standing_lines(profile, prices) if item.counted)


def backup_cents(disk_mb: int, profile: Profile, prices: Prices | None) -> int:
    """Return the cents a month to keep so much disk at each provider that backups go to, rounded up."""
    if prices is None:
        return 0
    places = paid_places(profile)
    each = prices.backup_monthly_eur_per_100_gb.amount * 100 * disk_mb / MB_PER_100_GB
    return places * ceil(round(each, 6))


def backup_line(disks_mb: list[int], cents: int, profile: Profile, prices: Prices) -> CostLine:
    """Return the line of backups at providers: so many cents a month for the disk of these services."""
    price = prices.backup_monthly_eur_per_100_gb
    each = [f"ceil({price.amount * 100:g} x {disk} / {MB_PER_100_GB})" for disk in disks_mb]
    how = f"{paid_places(profile)} x ({' + '.join(each)})"
    return line("backup", price, cents, prices, how)


def paid_places(profile: Profile) -> int:
    """Return at how many providers backups are paid for."""
    return sum(place.kind in PAID_BACKUPS for place in profile.backups.destinations)


def line(kind: str, price: Price, cents: int, prices: Prices, how: str = "") -> CostLine:
    """Return one line of the price file as so many cents a month, and how they are computed."""
    data = {"kind": kind, "label": price.label, "monthly_eur": cents / 100, "how": f"{how} = {cents} ct" if how else ""}
    return CostLine.model_validate({**data, "source": _dated(price.source, prices), "estimate": price.estimate})


def _hosting(tier: Tier, prices: Prices) -> CostLine:
    return CostLine(
        kind="hosting",
        label=tier.label,
        monthly_eur=tier.monthly_eur,
        one_off_eur=tier.one_off_eur,
        funding="investment" if tier.one_off_eur and not tier.monthly_eur else "running",
        counted=tier.counted,
        source=_dated(tier.source, prices),
        estimate=tier.estimate,
    )


def _dated(source: Text, prices: Prices) -> Text:
    """Return a source with version and date of the price file it stands in."""
    of = f" ({prices.version}, {prices.date})"
    return Text(fr=source.fr.removesuffix(".") + of, en=source.en.removesuffix(".") + of)
