"""Sections of pages, each a frozen record with all that its template shows."""
