# Stand-ins for the registry's images, as far as compose.yaml and deploy/Dockerfile use them, all on one minimal Debian and one
# list of its packages: stand_ins.py brings both. Users, folders and owners are as in the official images.
FROM cleanwire-stand-in-debian:bookworm AS debian
ARG DEBIAN_FRONTEND=noninteractive
# A package that starts its server when installed finds that it must not.
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d

FROM debian AS python-slim
# The machine's own certificates and pip settings: an unchanged Dockerfile fetches packages as this machine does.
COPY machine/ /
RUN --mount=type=bind,source=lists,target=/var/lib/apt/lists,rw --mount=type=tmpfs,target=/var/cache/apt \
    apt-get install -y -qq --no-install-recommends ca-certificates netbase python3 python3-pip python3-venv tzdata \
 && ln -s /usr/bin/python3 /usr/local/bin/python && ln -s /usr/bin/python3 /usr/local/bin/python3 \
 && update-ca-certificates
ENV LANG=C.UTF-8
CMD ["python3"]

FROM python-slim AS python
RUN --mount=type=bind,source=lists,target=/var/lib/apt/lists,rw --mount=type=tmpfs,target=/var/cache/apt \
    apt-get install -y -qq --no-install-recommends binutils gcc libc6-dev python3-dev

FROM debian AS redis
RUN --mount=type=bind,source=lists,target=/var/lib/apt/lists,rw --mount=type=tmpfs,target=/var/cache/apt \
    groupadd --system --gid 999 redis && useradd --system --gid redis --uid 999 redis \
 && apt-get install -y -qq --no-install-recommends redis-server \
 && install --directory --owner=redis --group=redis /data
WORKDIR /data
CMD ["redis-server"]

FROM debian AS postgres
RUN --mount=type=bind,source=lists,target=/var/lib/apt/lists,rw --mount=type=tmpfs,target=/var/cache/apt \
    groupadd --system --gid 999 postgres && useradd --system --gid postgres --uid 999 --home-dir /var/lib/postgresql postgres \
 && mkdir /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && apt-get install -y -qq --no-install-recommends postgresql-15 \
 && install --directory --owner=postgres --group=postgres --mode=1777 /var/lib/postgresql/data \
 && install --directory --owner=postgres --group=postgres --mode=3777 /var/run/postgresql
COPY --chmod=755 postgres_entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
CMD ["postgres"]
