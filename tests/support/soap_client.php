<?php
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Calls the service with PHP's SoapClient. Arguments: the URL of the WSDL.
# Each line of the input is [operation, parameters] in JSON; each line of the output is what came back, in JSON.

$client = new SoapClient($argv[1], ['cache_wsdl' => WSDL_CACHE_NONE, 'encoding' => 'UTF-8']);
while (($line = fgets(STDIN)) !== false) {
    [$operation, $parameters] = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    try {
        $answer = $client->__soapCall($operation, [$parameters]);
    } catch (SoapFault $fault) {
        $answer = ['faultstring' => $fault->getMessage()];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
}
