"""The catalogue page again, as a Django developer would write it: ORM, prefetch, templates, the usual middleware."""
