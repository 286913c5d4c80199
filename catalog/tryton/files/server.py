"""Tryton's web application with the models of our database loaded, so that the first visitor need not wait for them.

Loaded by each process of gunicorn for itself. TRYTOND_DATABASE_NAMES would do the same, but 8.0.2 refuses it together
with its pool of connections.
"""

from trytond.application import app
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = ["app"]

with Transaction().start("tryton", 0, readonly=True):
    Pool("tryton").init()
