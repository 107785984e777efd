package dev.tandem.streams.internal

import java.security.cert.X509Certificate

/** Returns the host names that [certificate] is made out to; its common name only where it has no others (RFC 6125). */
internal fun hostNames(certificate: X509Certificate): List<String> {
    val alternatives = certificate.subjectAlternativeNames.orEmpty()
    val names = alternatives.filter { it[0] == DNS_NAME }.map { it[1] as String }
    return names.ifEmpty { if (alternatives.isEmpty()) commonName(certificate) else emptyList() }
}

/** Returns whether [host] is [name], or what [name] stands for: `*.example.org` is any one label before the rest. */
internal fun matchesHostName(
    name: String,
    host: String,
): Boolean {
    val asked = host.removeSuffix(".")
    if (!name.startsWith("*.")) return name.equals(asked, ignoreCase = true)
    val label = asked.substringBefore('.')
    return label.isNotEmpty() && asked.drop(label.length).equals(name.drop(1), ignoreCase = true)
}

private fun commonName(certificate: X509Certificate): List<String> =
    COMMON_NAME
        .findAll(certificate.subjectX500Principal.name)
        .map { it.groupValues[1] }
        .toList()

private const val DNS_NAME = 2
private val COMMON_NAME = Regex("(?:^|,)CN=([^,+\\\\]+)")
