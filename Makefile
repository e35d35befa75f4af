# PeerLearn. `make` or `make help` lists what can be done; every target sets up what it needs.
PYTHON := $(shell sh config/devkit/python.sh)
ifeq ($(PYTHON),)
$(error Python 3.11 or newer is needed)
endif
KIT := $(PYTHON) -m config.devkit
IN := .venv/bin/python -m
export PORT
.DEFAULT_GOAL := help
.PHONY: help run setup test lint format types build words watch lock demo fresh screens bench-pages bench-board bench-room bench-index bench-booking eval-recommend drill drill-booking drill-line drill-crash drill-money drill-webhook

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

run: ## set up everything and start the site at http://127.0.0.1:8000 (PORT=8100 for another)
	@exec $(KIT).run

test: ## all checks and tests, as the CI runs them
	@exec $(KIT).test

setup: ## packages, pages, database and demo data, without starting anything
	@$(KIT).setup

lint: setup-dev ## style, floors, JavaScript types
	@$(KIT).check lint

types: setup-dev ## mypy
	@$(KIT).check types

format: setup-dev ## rewrite Python in the house style
	@.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format .

build: ## CSS, JavaScript, fonts, icons -> static/dist; the other languages
	@$(KIT).setup pages

words: ## collect new sentences into the catalogues of config/translations
	@$(KIT).words

watch: setup ## build again at each change of a style, script or template
	@node config/devkit/build.mjs --watch

demo: setup ## load the demo people again (what you did stays)
	@.venv/bin/flask --app config.app demo load

fresh: ## forget the development data in var/
	@rm -rf var && echo "var/ is gone; make run starts from nothing."

lock: ## write the lock files anew from requirements*.in and package.json
	@$(KIT).setup dev && sh config/devkit/lock.sh

screens: setup-dev ## pictures of every screen, phone and desktop -> var/screens
	@$(IN) config.devkit.screens

bench-pages: setup-bench ## our catalogue page against Django's, in the same run
	@$(IN) bench.pages

bench-booking: setup-dev ## bookings by the service against bare inserts of the same rows, on PostgreSQL
	@$(IN) bench.booking

drill-crash: setup-dev ## kill -9 at every step of paying and giving back, on both databases: one effect
	@$(IN) tests.drills.crashes $(ARGS)

drill-booking: setup-dev ## 200 people book one slot, 2,000 bookings overlap: one winner each, on both databases
	@$(IN) tests.drills.booking $(ARGS)

drill-webhook: setup-dev ## confirmed by webhook, and without: 50 events a second, on both databases (ARGS="--engine sqlite")
	@$(IN) tests.drills.webhook $(ARGS)

drill-money: setup-dev ## 10,000 random steps of money against the gateway's own books (ARGS="--engine postgres --seed 7")
	@$(IN) tests.drills.money $(ARGS)

drill: setup-dev ## one lesson while everything under it is killed, 54 times (ARGS="--embedded --seed 7")
	@$(IN) tests.drills.chaos $(ARGS)

bench-board: setup-dev ## 20,000 steps in a slowed browser, and the bytes of an hour (ARGS="--only hour")
	@$(IN) bench.board $(ARGS)

bench-room: setup-bench ## what a room costs, against Node, stock Flask-SocketIO and Channels (ARGS="--only ink")
	@$(IN) bench.room $(ARGS)

eval-recommend: setup-dev ## how well and how fast search finds
	@$(IN) bench.eval_recommend

drill-line: setup-dev ## the call on good and on weak lines: joins, silence, ink, bytes, ways back (ARGS="--joins 40")
	@.venv/bin/pytest -q -m drill tests/browser/test_call.py
	@$(IN) tests.drills.line $(ARGS)

.PHONY: setup-dev setup-bench
setup-dev:
	@$(KIT).setup dev
setup-bench:
	@$(KIT).setup bench
